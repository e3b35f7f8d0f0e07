"""A passkey, made and used by a browser with an authenticator in it."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from users.testing import Cast

Visit = Callable[..., Page]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_passkey_opens_the_door_without_a_password(cast: Cast, visit: Visit) -> None:
    cache.clear()
    page = visit(None, reverse("account_login"))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.fill("#id_login", cast.salesperson.email)
    page.fill("#id_password", "demo")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("login"))
    page.goto(reverse("mfa_add_webauthn"))
    expect(page).to_have_url(re.compile("reauthenticate"))
    page.fill("#id_password", "demo")
    page.keyboard.press("Enter")
    page.get_by_label("Name", exact=True).fill("Telephone")
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    assert Authenticator.objects.filter(user=cast.salesperson, type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.locator("#passkey_login").click()
    expect(page).not_to_have_url(re.compile("login"))
    page.goto(reverse("users:profile"))
    expect(page).to_have_url(re.compile("/profile/$"))
