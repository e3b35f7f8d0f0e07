"""Fixtures every room's tests share: the cast, and a signed-in browser for any of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from users.models import User
from users.testing import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """`client_of(cast.head).get(...)`: requests of a signed-in person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="users.backends.PersonBackend")
        return client

    return signed_in
