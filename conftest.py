"""Fixtures every room's tests share: the cast, and a signed-in browser for any of them."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.test.client import ClientHandler
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from accounts.custom import definitions
from crm.testing import refill
from deals.queries.words import company_calendar
from users.calendars import kept
from users.models import User
from users.testing import Cast, make_cast

# Middleware is built once a process: WhiteNoise alone looks at every static file when it begins.
BUILT = ClientHandler(enforce_csrf_checks=False)

# A hash that takes a third of a second keeps thieves busy; in tests it keeps us.
PBKDF2PasswordHasher.iterations = 1_000

# A slow hash is what keeps passwords safe, and what most of a test's time would go to.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_pages.py")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its person's language behind; the next test begins in English again."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def unread_calendars() -> None:
    """What a process has kept of working calendars and custom fields belongs to another test's database."""
    kept.forget()
    company_calendar.forget()
    definitions.kept.know_none()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """`client_of(cast.head).get(...)`: requests of a signed-in person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.handler = BUILT
        client.force_login(user, backend="users.backends.PersonBackend")
        return client

    return signed_in


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real commits leaves empty tables; give the next one what the migrations put there."""
    try:
        return (yield)
    finally:
        marker = item.get_closest_marker("django_db")
        has_commits = (marker and marker.kwargs.get("transaction")) or (
            {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        )
        # After the last test the database itself is gone, unless it was to be kept.
        if has_commits and (nextitem is not None or item.config.getoption("reuse_db")):
            with item.config.stash[blocking_manager_key].unblock():
                cache.clear()  # no model's table, so what was counted there stays
                refill()
