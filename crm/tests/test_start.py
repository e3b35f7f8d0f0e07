"""What a web worker carries from its start: whatever is heavy and seldom used comes when somebody needs it."""

import subprocess
import sys

from django.conf import settings

SELDOM = {"cryptography", "fido2", "playwright", "qrcode", "redis", "weasyprint"}
STARTED = """
import sys, crm.wsgi
from django.urls import get_resolver, reverse
from django.utils.module_loading import import_string
from users.adapters import ClosedDoorAdapter

get_resolver().url_patterns, reverse("mfa_login_webauthn")
for stage in ClosedDoorAdapter().get_login_stages():  # what signing in by password walks through
    import_string(stage)
print(*{name.split(".")[0] for name in sys.modules})
"""


def test_a_web_worker_starts_and_signs_in_without_what_is_seldom_used() -> None:
    started = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    loaded = set(started.stdout.split())
    assert {"crm", "users", "allauth"} <= loaded
    assert loaded & SELDOM == set()
