"""The product on a phone's home screen and without a network: manifest, worker, offline page, who is here."""

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.gate import gate

# What the offline page is made of; nothing else is kept by the browser's service worker.
KEPT_FILES = (
    "vendor/tabler/css/tabler.min.css",
    "vendor/icons/tabler-icons.min.css",
    "vendor/icons/fonts/tabler-icons.woff2",
    "css/romashka.css",
    "img/daisy.svg",
    "img/favicon.svg",
    "js/drafts.js",
    "js/offline_page.js",
)
WORKER_FILES = ("js/drafts.js", "js/service_worker.js")
PUSH_HANDLER = "js/push_handler.js"
ICONS = (
    ("icons/romashka-192.png", "192x192", "any"),
    ("icons/romashka-512.png", "512x512", "any"),
    ("icons/romashka-maskable-192.png", "192x192", "maskable"),
    ("icons/romashka-maskable-512.png", "512x512", "maskable"),
    ("img/favicon.svg", "any", "any"),
)


@require_safe
@gate.public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the product on its home screen, in the language asked for."""
    with translation.override(_asked_language(request)):
        told: dict[str, Any] = {
            "id": "/",
            "name": str(_("Romashka CRM")),
            "short_name": str(_("Romashka")),
            "description": str(_("Clients, deals and the day's work.")),
            "lang": translation.get_language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f6f7f4",
            "theme_color": "#174f3c",
            "icons": [
                {"src": static(path), "sizes": sizes, "type": _kind(path), "purpose": purpose}
                for path, sizes, purpose in ICONS
            ],
            "shortcuts": [
                {"name": str(name), "url": url, "icons": [{"src": static(ICONS[0][0]), "sizes": "192x192"}]}
                for name, url in _shortcuts()
            ],
        }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
@gate.public
def service_worker(request: HttpRequest) -> HttpResponse:
    """A few lines of its own, because it must stand at the root; the rest are static files it imports."""
    version = _version(None if settings.IS_PRODUCTION else _last_change())
    house = {
        "version": version,
        "files": [static(path) for path in KEPT_FILES],
        "pages": {code: f"{reverse('offline')}?language={code}" for code, _name in settings.LANGUAGES},
    }
    imported = [*WORKER_FILES, *([PUSH_HANDLER] if finders.find(PUSH_HANDLER) else [])]
    addresses = ", ".join(json.dumps(f"{static(path)}?v={version}") for path in imported)
    script = f"self.HOUSE = {json.dumps(house)};\nimportScripts({addresses});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@gate.public
def offline(request: HttpRequest) -> HttpResponse:
    """The page shown without a network, and the list of what waits to be sent. Nobody's data is in it."""
    with translation.override(_asked_language(request)):
        return render(request, "crm/offline.html")


@never_cache
@require_safe
@gate.public
def drafts_session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, with a fresh token for sending what was kept; scripts of other sites cannot read it."""
    person = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse(
        {"person": person, "token": get_token(request), "signIn": resolve_url(settings.LOGIN_URL)}
    )


def _shortcuts() -> list[tuple[str, str]]:
    return [
        (_("My day"), reverse("activities:my_day")),
        (_("New task"), reverse("activities:task_create")),
        (_("New deal"), reverse("deals:create")),
    ]


def _asked_language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return (
        asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    )


def _kind(path: str) -> str:
    return "image/svg+xml" if path.endswith(".svg") else "image/png"


def _files() -> list[Path]:
    """The kept files, and the worker's own; finders see them in production too, where WhiteNoise does the serving."""
    names = dict.fromkeys([*KEPT_FILES, *WORKER_FILES, PUSH_HANDLER])
    found = [finders.find(name) for name in names]
    offline_page = Path(settings.BASE_DIR) / "templates" / "crm" / "offline.html"
    return [*(Path(str(path)) for path in found if path), offline_page]


def _last_change() -> int:
    return max(path.stat().st_mtime_ns for path in _files())


@lru_cache(maxsize=1)
def _version(changed: int | None) -> str:
    """Of the content, so that a browser fetches the files again when one of them is another, and only then."""
    content = sha256()
    for path in _files():
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
