"""Signing in and out: one message for every failure, limits on guessing, no session that outlives its reason."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from users.models import User
from users.testing import Cast, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
DEMO = "demo"
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet(db: None) -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = DEMO, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(reverse("users:profile")).status_code == 200


@pytest.mark.parametrize(
    "typed", ["sales@romashka.example", "SALES@Romashka.example", "  sales@romashka.example "]
)
def test_by_email_in_any_letters(cast: Cast, typed: str) -> None:
    client = Client()
    answer = sign_in(client, typed)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


def test_an_unknown_email_and_a_wrong_password_read_alike(cast: Cast) -> None:
    unknown = sign_in(Client(), "nobody@romashka.example").content.decode()
    wrong = sign_in(Client(), "sales@romashka.example", "wrong").content.decode()
    sentence = re.compile(r'form-errors"[^>]*>([^<]+)<')
    assert sentence.findall(unknown) == sentence.findall(wrong) != []


def test_sign_in_works_without_a_session_before_and_takes_a_new_one_after(cast: Cast) -> None:
    """Session fixation: a key planted in the browser is worth nothing once the person has signed in."""
    client = Client()
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    before = session.session_key
    sign_in(client, "sales@romashka.example")
    assert is_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not is_in(thief)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(cast: Cast) -> None:
    answer = sign_in(Client(), "sales@romashka.example")
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_sign_out_is_asked_by_get_and_done_by_post(cast: Cast) -> None:
    client = Client()
    sign_in(client, "sales@romashka.example")
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_in(client)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    assert not is_in(client)
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leads_out_of_the_house(cast: Cast, way: str) -> None:
    assert sign_in(Client(), "sales@romashka.example", next=way)["Location"] == "/"
    client = Client()
    sign_in(client, "sales@romashka.example")
    back = client.post(reverse("users:theme"), {"theme": "dark"}, headers={"Referer": way})
    assert back["Location"] == "/"


def test_next_leads_back_to_the_page_that_asked(cast: Cast) -> None:
    asked = Client().get(reverse("users:profile"))
    assert asked["Location"] == "/account/login/?next=/profile/"
    assert sign_in(Client(), "sales@romashka.example", next="/profile/")["Location"] == "/profile/"


def test_neither_the_inactive_nor_the_robot_nor_people_without_email_come_in(cast: Cast) -> None:
    gone = make_user("Gone Person", "salesperson", email="gone@romashka.example", is_active=False)
    make_user("Without Mail", "salesperson", email=None)
    User.objects.filter(is_robot=True).update(password=gone.password)
    for email in ("gone@romashka.example", "", "None", "robot", "Robot"):
        client = Client()
        sign_in(client, email)
        assert not is_in(client), email
    User.objects.filter(is_robot=True).update(email="robot@romashka.example")
    client = Client()
    sign_in(client, "robot@romashka.example")
    assert not is_in(client)


def test_made_inactive_is_out_at_once_and_the_old_session_never_comes_back(
    cast: Cast, client_of: ClientOf
) -> None:
    client = Client()
    sign_in(client, "sales@romashka.example")
    assert is_in(client)
    cast.salesperson.deactivate(by=cast.admin, at=timezone.now())
    assert not is_in(client)
    cast.salesperson.reactivate(by=cast.admin, at=timezone.now())
    kept = Client()
    kept.cookies = client.cookies
    assert not is_in(kept)
    assert sign_in(Client(), "sales@romashka.example").status_code == 302


def test_guessing_one_persons_password_is_stopped_even_from_many_addresses(cast: Cast) -> None:
    """Five wrong guesses in five minutes; counted in the database, so that all web processes count together."""
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    for guess in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{guess}").post(
            LOGIN, {"login": "sales@romashka.example", "password": "no"}
        )
    answer = Client(REMOTE_ADDR="10.0.0.99").post(
        LOGIN, {"login": "sales@romashka.example", "password": "demo"}
    )
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()
    assert sign_in(Client(REMOTE_ADDR="10.0.0.98"), "head@romashka.example").status_code == 302


def test_guessing_many_people_from_one_address_is_stopped(cast: Cast) -> None:
    answers = [sign_in(Client(), f"person{n}@romashka.example", "no").content.decode() for n in range(11)]
    assert "Too many failed login attempts" in answers[-1]
    assert "Too many failed login attempts" not in answers[8]


def test_a_flood_of_forms_is_answered_with_429_in_our_words(cast: Cast) -> None:
    answers = [
        Client().post(reverse("account_reset_password"), {"email": f"p{n}@x.example"}) for n in range(21)
    ]
    assert answers[0].status_code == 302
    assert answers[-1].status_code == 429
    text = answers[-1].content.decode()
    assert "romashka.css" in text
    assert "Too many" in text


def test_nobody_signs_up(cast: Cast) -> None:
    people = User.objects.count()
    page = Client().get(reverse("account_signup"))
    assert "Sign-up is closed" in page.content.decode()
    Client().post(reverse("account_signup"), {"email": "new@x.example", "password1": "violet-otter-42"})
    assert User.objects.count() == people


def reset_link() -> str:
    found = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_forgotten_password_is_set_anew_by_mail_once(cast: Cast) -> None:
    stolen = Client()
    sign_in(stolen, "sales@romashka.example")
    Client().post(reverse("account_reset_password"), {"email": "Sales@romashka.example"})
    assert mail.outbox[-1].to == ["sales@romashka.example"]
    link, browser = reset_link(), Client()
    form = browser.get(link)["Location"]
    assert browser.post(form, {"password1": "short", "password2": "short"}).status_code == 200
    new = {"password1": "violet-otter-42", "password2": "violet-otter-42"}
    assert browser.post(form, new).status_code == 302
    assert not is_in(stolen), "sessions of the old password end"
    assert sign_in(Client(), "sales@romashka.example", "demo").status_code == 200
    assert sign_in(Client(), "sales@romashka.example", "violet-otter-42").status_code == 302
    again = Client()
    assert "password1" not in again.get(link, follow=True).content.decode()


def test_asking_for_a_reset_never_tells_who_works_here(cast: Cast) -> None:
    make_user("Gone Person", "salesperson", email="gone@romashka.example", is_active=False)
    known = Client().post(reverse("account_reset_password"), {"email": "sales@romashka.example"}, follow=True)
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@x.example"}, follow=True)
    gone = Client().post(reverse("account_reset_password"), {"email": "gone@romashka.example"}, follow=True)
    assert [each.redirect_chain for each in (unknown, gone)] == [known.redirect_chain] * 2
    assert [sent.to for sent in mail.outbox] == [["sales@romashka.example"]]


def test_the_password_is_changed_by_who_knows_the_old_one(cast: Cast) -> None:
    client, other = Client(), Client()
    for each in (client, other):
        sign_in(each, "sales@romashka.example")
    page = reverse("account_change_password")
    new = {"password1": "violet-otter-42", "password2": "violet-otter-42"}
    assert client.post(page, {"oldpassword": "wrong", **new}).status_code == 200
    assert client.post(page, {"oldpassword": "demo", **new}).status_code == 302
    assert is_in(client)
    assert not is_in(other), "other devices sign in again"


def test_an_old_email_opens_nothing_once_the_administrator_changed_it(cast: Cast) -> None:
    sign_in(Client(), "sales@romashka.example")
    cast.salesperson.change({"email": "sam@romashka.example"}, by=cast.admin, at=timezone.now())
    assert sign_in(Client(), "sales@romashka.example").status_code == 200
    Client().post(reverse("account_reset_password"), {"email": "sales@romashka.example"})
    assert mail.outbox == []
    assert sign_in(Client(), "sam@romashka.example").status_code == 302


def test_the_email_is_the_administrators_to_change(cast: Cast) -> None:
    client = Client()
    sign_in(client, "sales@romashka.example")
    client.post(reverse("account_email"), {"action_add": "", "email": "mine@evil.example"})
    Client().post(reverse("account_reset_password"), {"email": "mine@evil.example"})
    assert mail.outbox == []
    assert "administrator" in client.get(reverse("account_email"), follow=True).content.decode()
