"""Codes of an authenticator, recovery codes and passkeys: every page opens in the house's frame, and codes work."""

import re
import time
from collections.abc import Iterable
from typing import Any

import pytest
from allauth.mfa import urls as allauths
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils.module_loading import import_string

from users.second_factor import urls as ours
from users.testing import Cast

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
PAGES = ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"]


@pytest.fixture
def salesperson(cast: Cast) -> Client:
    cache.clear()
    client = signed_in()
    assert client.post(reverse("account_reauthenticate"), {"password": "demo"}).status_code == 302
    return client


def signed_in() -> Client:
    client = Client()
    client.post(LOGIN, {"login": "sales@romashka.example", "password": "demo"})
    return client


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def doors(patterns: Iterable[Any], prefix: str = "") -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for each in patterns:
        address = prefix + str(each.pattern)
        found |= (
            doors(each.url_patterns, address)
            if isinstance(each, URLResolver)
            else {address: (each.name, each.callback)}
        )
    return found


def test_our_doors_are_those_of_the_package() -> None:
    """Whoever upgrades allauth hears of a new, renamed or changed page here."""
    theirs = doors(allauths.urlpatterns)
    named = {address: (name, late.args[0]) for address, (name, late) in doors(ours.urlpatterns).items()}
    assert {
        address: (name, import_string(f"allauth.mfa.{view}")) for address, (name, view) in named.items()
    } == theirs
    # A door is asked for this before its view is there to say it.
    assert not any(getattr(view, "csrf_exempt", False) for _name, view in theirs.values())


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_in_our_frame(salesperson: Client, page: str) -> None:
    answer = salesperson.get(reverse(page))
    assert answer.status_code == 200
    assert 'class="rail"' in answer.content.decode()


def test_the_password_is_asked_again_before_a_factor_is_changed(cast: Cast) -> None:
    answer = signed_in().get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_code_is_asked_at_sign_in_once_an_authenticator_is_set_up(salesperson: Client) -> None:
    secret = activate(salesperson)
    client = signed_in()
    assert client.get(reverse("users:profile")).status_code == 302, (
        "the password alone is not enough any more"
    )
    page = reverse("mfa_authenticate")
    assert client.get(page).status_code == 200
    assert client.post(page, {"code": "000000"}).status_code == 200
    assert client.post(page, {"code": code_of(secret, 1)}).status_code == 302
    assert client.get(reverse("users:profile")).status_code == 200


def test_whoever_has_a_passkey_is_asked_for_it_after_the_password(cast: Cast) -> None:
    cache.clear()
    Authenticator.objects.create(user=cast.salesperson, type=Authenticator.Type.WEBAUTHN, data={})
    answer = Client().post(LOGIN, {"login": "sales@romashka.example", "password": "demo"})
    assert answer["Location"] == reverse("mfa_authenticate")


def test_a_stranger_may_begin_to_sign_in_with_a_passkey() -> None:
    cache.clear()
    asked = Client().get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert asked.json()["request_options"]["publicKey"]["challenge"]


def test_a_recovery_code_opens_the_door_once(salesperson: Client) -> None:
    activate(salesperson)
    salesperson.post(reverse("mfa_generate_recovery_codes"))
    codes = re.findall(
        r"\b[0-9a-f]{8}\b", salesperson.get(reverse("mfa_download_recovery_codes")).content.decode()
    )
    assert len(codes) == 10
    for expected in (302, 200):
        client = signed_in()
        assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == expected


def activate(client: Client) -> str:
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'value="([A-Z2-7]{16,})"', page)
    assert found
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer.status_code == 302
    return found[1]
