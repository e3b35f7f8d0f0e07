"""My settings: each person's own page, and the theme and language of the top bar."""

import re
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from foundation.models import Event
from foundation.testing import assert_query_count
from users.forms import ProfileForm, time_zones
from users.models import Role, User
from users.testing import Cast, make_user

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
URL = "/profile/"
THEME = "/profile/theme/"
WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


def typed(**changes: str) -> dict[str, str]:
    return {"language": "en", "theme": "system", "time_zone": "UTC", "has_shortcuts": "on"} | changes


def text(answer: HttpResponse) -> str:
    """What a person reads, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def settings_of(user: User) -> tuple[str, str, str, bool]:
    user.refresh_from_db()
    return user.language, user.theme, user.time_zone, user.has_shortcuts


def test_a_person_sees_who_they_are_and_what_they_may(cast: Cast, client_of: ClientOf) -> None:
    page = text(client_of(cast.head).get(URL))
    assert "Helena Marsh" in page
    assert "head@romashka.example Department Sales Roles Head of department" in page
    assert "Give deals to another owner my department's, with those below it" in page
    assert "Import files yes" in page
    assert "Configure the company" not in page


@pytest.mark.parametrize(
    "door", ["account_change_password", "mfa_index", "mfa_list_webauthn", "account_logout", "users:profile"]
)
def test_the_page_leads_to_the_password_the_second_factor_passkeys_and_out(
    cast: Cast, client_of: ClientOf, door: str
) -> None:
    browser = client_of(cast.salesperson)
    assert f'"{reverse(door)}"' in browser.get(URL).content.decode()
    assert browser.get(reverse(door), follow=True).status_code == 200


def test_the_page_says_whether_a_second_factor_is_asked_for(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.salesperson)
    assert "Second factor off Passkeys 0" in text(browser.get(URL))
    Authenticator.objects.create(user=cast.salesperson, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=cast.outsider, type=Authenticator.Type.WEBAUTHN, data={})
    assert "Second factor on Passkeys 0" in text(browser.get(URL))
    Authenticator.objects.create(user=cast.salesperson, type=Authenticator.Type.WEBAUTHN, data={})
    assert "Second factor on Passkeys 1" in text(browser.get(URL))


def test_somebody_without_roles_reads_whom_to_ask(cast: Cast, client_of: ClientOf) -> None:
    page = text(client_of(make_user("Nina New")).get(URL))
    assert "Department — Roles —" in page
    assert "Nothing yet. An administrator gives roles." in page


@pytest.mark.parametrize("url", [URL, THEME])
def test_whoever_is_not_signed_in_is_asked_to(url: str) -> None:
    answer = Client().post(url, typed())
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")


def test_each_person_changes_only_their_own_settings(cast: Cast, client_of: ClientOf) -> None:
    """The page takes no key of a person, so there is none to guess; a key sent along means nothing."""
    sent = typed(language="ru", theme="dark", time_zone="Europe/Moscow", name="Boss", is_active="")
    answer = client_of(cast.outsider).post(URL, sent | {"pk": str(cast.head.pk), "id": str(cast.head.pk)})
    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert settings_of(cast.outsider) == ("ru", "dark", "Europe/Moscow", True)
    assert (cast.outsider.name, cast.outsider.is_active) == ("Oscar Stone", True)
    assert settings_of(cast.head) == ("en", "system", "UTC", True)


def test_the_answer_comes_in_the_language_just_chosen(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.salesperson)
    answer = browser.post(URL, typed(language="ru"), follow=True)
    assert '<html lang="ru"' in answer.content.decode()
    assert "Saved." not in answer.content.decode()
    assert "Сохранено" in answer.content.decode()


def test_shortcuts_are_switched_off_on_every_page(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.salesperson)
    assert 'data-shortcuts="on"' in browser.get(URL).content.decode()
    sent = typed()
    del sent["has_shortcuts"]
    browser.post(URL, sent)
    assert 'data-shortcuts="off"' in browser.get(URL).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("time_zone", "Nowhere/Land", "There is no time zone called Nowhere/Land. Choose one from the list."),
        ("time_zone", "../../etc/passwd", "There is no time zone called ../../etc/passwd."),
        ("time_zone", "", "This field is required."),
        ("theme", "pink", "Select a valid choice. pink is not one of the available choices."),
        ("language", "xx", "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(
    cast: Cast, client_of: ClientOf, field: str, value: str, sentence: str
) -> None:
    answer = client_of(cast.salesperson).post(URL, typed(**{field: value}))
    assert answer.status_code == 422
    assert sentence in text(answer)
    if field == "time_zone" and value:
        assert f'value="{value}"' in answer.content.decode()
    assert settings_of(cast.salesperson) == ("en", "system", "UTC", True)


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("europe/moscow", "Europe/Moscow"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("  Kolkata ", "Asia/Kolkata"),
        ("Asia/Calcutta", "Asia/Calcutta"),
    ],
)
def test_a_time_zone_is_understood_by_its_city(cast: Cast, words: str, zone: str) -> None:
    form = ProfileForm(typed(time_zone=words), instance=cast.salesperson, at=timezone.now())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["time_zone"] == zone


def test_zones_are_offered_from_west_to_east_with_their_distance_on_the_day() -> None:
    winter, summer = dict(time_zones(WINTER)), dict(time_zones(SUMMER))
    assert winter["Asia/Kolkata"] == summer["Asia/Kolkata"] == "(UTC+05:30) Kolkata"
    assert (winter["America/New_York"], summer["America/New_York"]) == (
        "(UTC-05:00) New York",
        "(UTC-04:00) New York",
    )
    assert winter["America/St_Johns"] == "(UTC-03:30) St Johns"
    distances = [WINTER.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for name in winter]
    assert distances == sorted(distances)  # type: ignore[type-var]


def test_the_clock_of_the_page_is_the_persons(cast: Cast, client_of: ClientOf) -> None:
    cast.salesperson.settle(time_zone="Asia/Kathmandu")
    page = client_of(cast.salesperson).get(URL).content.decode()
    assert "(UTC+05:45)" in page
    assert 'value="Asia/Kathmandu"' in page
    assert 'list="time-zones"' in page


def test_the_page_costs_the_recorded_statements(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.head)
    with assert_query_count("profile"):
        browser.get(URL)


def test_the_theme_of_the_top_bar_is_kept_and_shown(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.salesperson)
    assert "data-bs-theme=" not in browser.get(URL).content.decode()
    answer = browser.post(THEME, {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert settings_of(cast.salesperson) == ("en", "dark", "UTC", True)
    assert 'data-bs-theme="dark"' in browser.get(URL).content.decode()


def test_the_language_of_the_top_bar_leads_back_to_the_same_page(cast: Cast, client_of: ClientOf) -> None:
    browser = client_of(cast.salesperson)
    answer = browser.post(THEME, {"language": "ru"}, headers={"Referer": "http://testserver/clients/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/clients/?q=a")
    assert settings_of(cast.salesperson) == ("ru", "system", "UTC", True)
    page = browser.get("/clients/")
    assert (page["Content-Language"], '<html lang="ru"' in page.content.decode()) == ("ru", True)


@pytest.mark.parametrize("referer", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_switch_never_leads_out_of_the_house(cast: Cast, client_of: ClientOf, referer: str) -> None:
    answer = client_of(cast.salesperson).post(THEME, {"theme": "light"}, headers={"Referer": referer})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(
    "sent", [{"theme": "pink"}, {"language": "xx"}, {"theme": ""}, {"theme": "dark", "language": "tlh"}]
)
def test_an_unknown_theme_or_language_is_refused_in_words(
    cast: Cast, client_of: ClientOf, sent: dict[str, str]
) -> None:
    answer = client_of(cast.salesperson).post(THEME, sent)
    assert answer.status_code == 422
    assert "There is no such theme or language. Choose one from the list." in text(answer)
    assert settings_of(cast.salesperson) == ("en", "system", "UTC", True)


def test_the_switch_does_nothing_by_a_link(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.salesperson).get(THEME, {"theme": "dark"}).status_code == 405
    assert settings_of(cast.salesperson)[1] == "system"
    assert not Event.objects.exists()


def test_built_in_roles_are_named_in_the_readers_language_until_renamed(db):
    role = Role.objects.get(key="administrator")
    with translation.override("ru"):
        assert role.title == gettext("Administrator")
    role.name = "Keeper"
    assert str(role) == role.title == "Keeper"
