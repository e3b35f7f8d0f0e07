"""The pages of handing over: what there is, who gets what, the result, and the dossiers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, HandOver
from accounts.testing import make_account, make_contact
from activities.testing import make_task
from changes.models import ChangeSet
from deals.testing import make_deal
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def acme(cast: Cast) -> Account:
    acme = make_account("Acme", owner=cast.salesperson)
    make_contact(acme, "Ivan Petrov", "Director", preferred_channel="email")
    make_deal("Big", owner=cast.salesperson, account=acme, amount=5000, next_step="Send the offer",
              next_step_on=timezone.localdate() + timedelta(days=3))  # fmt: skip
    make_task(cast.salesperson, "Call Acme", account=acme, due_on=timezone.localdate() + timedelta(days=2))
    return acme


def asked(cast: Cast, **parts: Any) -> dict[str, Any]:
    return {"why": "leaves", "way": "one", "receivers": [cast.colleague.pk], **parts}


def drafted(cast: Cast, **parts: Any) -> HandOver:
    parts = {"way": "one", "by": cast.head, "at": timezone.now(), **parts}
    return HandOver.plan(cast.salesperson, [cast.colleague], **parts)


def test_a_head_goes_the_whole_way_and_back(cast: Cast, acme: Account, client_of: Browser) -> None:
    head = client_of(cast.head)
    listed = head.get("/hand-overs/").content.decode()
    assert f"/users/{cast.salesperson.pk}/hand-over/" in listed
    assert cast.outsider.name not in listed
    page = head.get(f"/users/{cast.salesperson.pk}/hand-over/").content.decode()
    assert "Open deals" in page
    assert "5,000.00" in page

    preview = head.post(f"/users/{cast.salesperson.pk}/hand-over/", asked(cast, shuts_out="on"), follow=True)
    assert "Hand over 3 records" in preview.content.decode()
    assert Account.objects.get(pk=acme.pk).owner == cast.salesperson

    draft = HandOver.objects.get()
    done = head.post(f"/hand-overs/{draft.pk}/start/", follow=True)
    made = ChangeSet.objects.get(kind="hand_over")
    assert done.redirect_chain[-1][0] == made.get_absolute_url()
    assert Account.objects.get(pk=acme.pk).owner == cast.colleague
    assert client_of(cast.salesperson).get("/clients/").status_code == 302  # every session of theirs is over
    assert "See what was changed" in head.get(draft.get_absolute_url()).content.decode()

    head.post(f"/changes/{made.pk}/undo/")
    assert Account.objects.get(pk=acme.pk).owner == cast.salesperson
    assert "taken back" in head.get(draft.get_absolute_url()).content.decode()


def test_the_draft_is_changed_client_by_client(cast: Cast, acme: Account, client_of: Browser) -> None:
    draft = HandOver.plan(
        cast.salesperson, [cast.colleague, cast.head], way="equally", by=cast.head, at=timezone.now()
    )
    part = draft.parts.get()  # type: ignore[attr-defined]
    other = cast.head if part.to_id == cast.colleague.pk else cast.colleague
    head = client_of(cast.head)
    head.post(f"/hand-overs/{draft.pk}/pick/", {f"part-{part.pk}": other.pk, "part-x": "1", "part-9": "x"})
    part.refresh_from_db()
    assert part.to == other
    answer = head.post(f"/hand-overs/{draft.pk}/pick/", {f"part-{part.pk}": cast.outsider.pk})
    assert answer.status_code == 422


def test_who_stands_in_gives_back_by_one_click(cast: Cast, acme: Account, client_of: Browser) -> None:
    day = timezone.localdate() + timedelta(days=30)
    head = client_of(cast.head)
    head.post(f"/users/{cast.salesperson.pk}/hand-over/", asked(cast, why="away", until=day.isoformat()))
    draft = HandOver.objects.get()
    head.post(f"/hand-overs/{draft.pk}/start/")
    assert "Give back to Sam Porter" in head.get(draft.get_absolute_url()).content.decode()
    head.post(f"/hand-overs/{draft.pk}/give-back/")
    assert Account.objects.get(pk=acme.pk).owner == cast.salesperson
    assert "Give back to" not in head.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"receivers": []}, "required"),
        ({"why": "away"}, "Say until when"),
        ({"why": "away", "until": "2020-01-01"}, "Choose a day to come"),
        ({"way": "nonsense"}, "valid choice"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_chosen(
    cast: Cast, acme: Account, client_of: Browser, parts: dict[str, Any], why: str
) -> None:
    answer = client_of(cast.head).post(f"/users/{cast.salesperson.pk}/hand-over/", asked(cast, **parts))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert why in page
    assert (
        "checked" in page.partition('name="receivers"')[2].partition("</fieldset>")[0]
    ) or "receivers" in parts


def test_somebody_out_of_reach_cannot_be_chosen(cast: Cast, acme: Account, client_of: Browser) -> None:
    wrong = asked(cast, receivers=[cast.outsider.pk])
    assert client_of(cast.head).post(f"/users/{cast.salesperson.pk}/hand-over/", wrong).status_code == 422


def test_more_than_five_hundred_ask_for_the_number(
    cast: Cast, acme: Account, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.handing_over.forms.TYPED_FROM", 2)
    draft, head = drafted(cast), client_of(cast.head)
    answer = head.post(f"/hand-overs/{draft.pk}/start/", {"number": "2"})
    assert answer.status_code == 422
    assert "There are 3 records" in answer.content.decode()
    assert head.post(f"/hand-overs/{draft.pk}/start/", {"number": "3"}).status_code == 302


def test_a_salesperson_lacks_the_right_and_other_heads_find_nothing(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    draft = drafted(cast)
    addresses = (f"/users/{cast.salesperson.pk}/hand-over/", f"/hand-overs/{draft.pk}/")
    for url in ("/hand-overs/", *addresses):
        assert client_of(cast.colleague).get(url).status_code == 403
    cast.elsewhere.head = cast.outsider
    cast.elsewhere.save()
    cast.outsider.roles.set(cast.head.roles.all())
    for url in (*addresses, f"/hand-overs/{draft.pk}/dossiers/", f"/clients/{acme.pk}/dossier/"):
        assert client_of(cast.outsider).get(url).status_code == 404
    for verb in ("start", "pick", "give-back"):
        assert client_of(cast.outsider).post(f"/hand-overs/{draft.pk}/{verb}/").status_code == 404


def test_the_card_pins_it_and_the_dossier_says_what_is_open(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    assert client_of(cast.head).get(f"/clients/{acme.pk}/dossier/").status_code == 404
    draft = drafted(cast)
    draft.start(by=cast.head, at=timezone.now())
    clara = client_of(cast.colleague)
    card = clara.get(acme.get_absolute_url()).content.decode()
    assert "Handed over by Sam Porter to Clara Benson" in card
    for url in (f"/clients/{acme.pk}/dossier/", f"/hand-overs/{draft.pk}/dossiers/?to={cast.colleague.pk}"):
        page = clara.get(url).content.decode()
        for said in (
            "Open promises",
            "5,000.00",
            "Send the offer",
            "Call Acme",
            "Ivan Petrov, Director",
            "prefers",
        ):
            assert said in page
    draft.refresh_from_db()
    elsewhere = f"/hand-overs/{draft.pk}/dossiers/?to={cast.head.pk}"
    assert "Ivan Petrov" not in clara.get(elsewhere).content.decode()


def test_a_dossier_names_no_deal_its_reader_may_not_see(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    make_deal("Secret", owner=cast.head, account=acme)
    drafted(cast).start(by=cast.head, at=timezone.now())
    assert "Secret" not in client_of(cast.colleague).get(f"/clients/{acme.pk}/dossier/").content.decode()
    assert "Secret" in client_of(cast.head).get(f"/clients/{acme.pk}/dossier/").content.decode()


def test_the_administration_leads_there(cast: Cast, client_of: Browser) -> None:
    url = f"/admin/users/user/{cast.salesperson.pk}/hand-over/"
    answer = client_of(cast.admin).get(url)
    assert answer.url == f"/users/{cast.salesperson.pk}/hand-over/"


def test_the_pages_cost_what_is_recorded(cast: Cast, acme: Account, client_of: Browser) -> None:
    head = client_of(cast.head)
    with assert_query_count("hand-overs"):
        head.get("/hand-overs/")
    with assert_query_count("hand over, form"):
        head.get(f"/users/{cast.salesperson.pk}/hand-over/")
    draft = drafted(cast)
    with assert_query_count("hand over, preview"):
        head.get(draft.get_absolute_url())
    draft.start(by=cast.head, at=timezone.now())
    with assert_query_count("hand over, result"):
        head.get(draft.get_absolute_url())
    with assert_query_count("dossiers"):
        head.get(f"/hand-overs/{draft.pk}/dossiers/")
    with assert_query_count("dossier"):
        head.get(f"/clients/{acme.pk}/dossier/")
