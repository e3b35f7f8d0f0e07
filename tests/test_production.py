"""Production refuses to start half set up, hides behind HTTPS, and lets nobody in by a password everybody knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from foundation.models import Event
from users.models import Department, User

HOUSE = Path(__file__).resolve().parent.parent
NEEDED = {
    "SECRET_KEY": "violet otters swim in the long canal at noon, forty-two of them",
    "ALLOWED_HOSTS": "crm.romashka.example",
    "DATABASE_URL": "postgresql://crm@127.0.0.1:1/nowhere",
}
BROKER = {"REDIS_URL": "redis://127.0.0.1:1/0"}
# What a careless person may have left behind in the environment of the server.
CARELESS = {"DEBUG": "1", "CRM_MODE": "production", "DJANGO_SETTINGS_MODULE": "crm.settings"}
SHOWN = """
import django; django.setup()
from django.conf import settings
for name in {names!r}: print(name, getattr(settings, name))
"""
HTTPS = {
    "DEBUG": "False",
    "SESSION_COOKIE_SECURE": "True",
    "SESSION_COOKIE_HTTPONLY": "True",
    "CSRF_COOKIE_SECURE": "True",
    "SECURE_SSL_REDIRECT": "True",
    "SECURE_HSTS_SECONDS": "31536000",
    "SECURE_CONTENT_TYPE_NOSNIFF": "True",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": "False",
    "ALLOWED_HOSTS": "['crm.romashka.example']",
}


def started(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    ours = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=HOUSE,
        env=ours | CARELESS | BROKER | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("missing", NEEDED)
def test_production_does_not_start_without(missing: str) -> None:
    """Set to nothing it is as missing as when it is not set at all."""
    rest = {name: value for name, value in NEEDED.items() if name != missing}
    program = started("import django; django.setup()", rest | {missing: ""})
    assert program.returncode != 0
    said = program.stderr.strip().splitlines()[-1]
    assert said.endswith(f"ImproperlyConfigured: Set {missing}: production has no default for it.")


def test_production_is_for_https_only_and_debug_cannot_be_switched_on() -> None:
    program = started(SHOWN.format(names=list(HTTPS)), NEEDED)
    assert program.returncode == 0, program.stderr
    assert dict(line.split(" ", 1) for line in program.stdout.splitlines()) == HTTPS


@pytest.mark.django_db
@override_settings(IS_PRODUCTION=True)
def test_the_demo_company_is_not_loaded_in_production() -> None:
    with pytest.raises(CommandError, match="passwords everybody knows, so it is not loaded with production"):
        call_command("demo")
    assert list(User.objects.values_list("name", flat=True)) == ["Robot"]
    assert not Department.objects.exists()
    assert not Event.objects.exists()
