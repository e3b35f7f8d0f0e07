"""A real browser at a real server. Every page it opens must be free of console errors and policy violations."""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from users.models import User
from users.testing import Cast, make_cast

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in this thread
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(settings.BASE_DIR) / "static" / "vendor" / "axe" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds: a machine shared with others may stand still for seconds, which says nothing about a page.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "The browser tests need Chromium: apt-get install chromium, or CHROMIUM=/path/to/it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`visit(person, "/deals/", width=NARROW, dark=True)`: a page of a signed-in person.

    Other words go to the browser: `timezone_id="Pacific/Kiritimati"`, `service_workers="allow"`, `base_url=…`.
    """
    contexts = []
    complaints: list[str] = []

    def opened(
        person: User | None, address: str, *, width: Any = WIDE, dark: bool = False, **options: Any
    ) -> Page:
        usual = {"base_url": live_server.url, "service_workers": "block", "reduced_motion": "reduce"}
        context = browser.new_context(
            viewport=width, color_scheme="dark" if dark else "light", **usual | options
        )
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person, backend="users.backends.PersonBackend")
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": session,
                        "url": options.get("base_url", live_server.url),
                    }
                ]
            )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for way in ("goto", "reload"):
            setattr(page, way, _until_it_listens(page, getattr(page, way)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    _let_the_server_finish()
    assert complaints == []


def _until_it_listens(page: Page, go: Callable[..., Any]) -> Callable[..., Any]:
    """What only some pages need comes in after they are drawn; whoever types sooner is not heard by it."""

    def gone(*args: Any, **options: Any) -> Any:
        answer = go(*args, **options)
        if page.locator("script[src$='/js/main.js']").count():
            page.locator("html[data-ready]").wait_for(state="attached")
        return answer

    return gone


def _let_the_server_finish() -> None:
    """What was still being answered when the browser went: the tables are emptied next, and would wait for it."""
    answering = [each for each in threading.enumerate() if "process_request_thread" in each.name]
    until = time.monotonic() + PATIENCE / 1000
    for each in answering:
        each.join(timeout=max(0.0, until - time.monotonic()))


def _is_complaint(said: Any) -> bool:
    """Errors, except the browser's own note about a refusal or a lost server, which pages show themselves."""
    known = (
        "the server responded with a status of 4",
        "the server responded with a status of 503",
        "net::ERR_",
        "Failed to fetch",
    )
    return said.type == "error" and not any(each in said.text for each in known)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, as “rule: element” lines."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{each['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the window; tables scroll inside themselves."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def cards_beyond(page: Page) -> int:
    """How many pixels the cards that tables become on a phone reach beyond the window: these do not scroll."""
    return page.evaluate(
        """() => {
            const cells = [...document.querySelectorAll(".table-cards > tbody > tr > *")];
            const edges = cells.filter((cell) => cell.offsetParent).map((cell) => cell.getBoundingClientRect().right);
            return Math.max(...edges.map((edge) => Math.ceil(edge - innerWidth)), 0);
        }"""
    )
