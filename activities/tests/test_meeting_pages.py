"""Pages of a meeting: the right person, the outsider, a bad form, the statements; conflicts, moving and Undo."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account, make_contact
from activities.guests import Guests
from activities.models import Absence, Meeting, MeetingRoom, MeetingState, Task
from activities.testing import make_meeting
from deals.testing import make_deal
from foundation.testing import assert_query_count
from users.calendars import kept

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGES = ["meeting", "meeting_edit", "meeting_move", "meeting_cancel", "meeting_hold"]


def next_workday_at(hour):
    moment = (timezone.now() + 2 * DAY).replace(hour=hour, minute=0, second=0, microsecond=0)
    while moment.weekday() > 4:
        moment += DAY
    return moment


def form_of(starts, minutes=60, **said):
    ends = starts + timedelta(minutes=minutes)
    return {
        "title": "Demo",
        "starts_on": f"{starts:%Y-%m-%d}", "starts_time": f"{starts:%H:%M}",
        "ends_on": f"{ends:%Y-%m-%d}", "ends_time": f"{ends:%H:%M}",
        **said,
    }  # fmt: skip


@pytest.fixture
def meeting(cast):
    kept.forget()
    account = make_account("Acme", owner=cast.salesperson)
    return make_meeting(
        cast.salesperson, "Presentation", starts_at=next_workday_at(10), account=account,
        guests=Guests(people=(cast.colleague,)),
    )  # fmt: skip


def test_the_organiser_those_invited_and_the_head_see_it(cast, meeting, client_of):
    for person in (cast.salesperson, cast.colleague, cast.head):
        answer = client_of(person).get(meeting.get_absolute_url())
        assert answer.status_code == 200
        assert "Presentation" in answer.content.decode()


@pytest.mark.parametrize("name", [*PAGES, "meeting_answer"])
def test_the_outsider_gets_404_on_every_page_of_it(cast, meeting, client_of, name):
    url = reverse(f"activities:{name}", args=[meeting.pk])
    outsider = client_of(cast.outsider)
    if name != "meeting_answer":
        assert outsider.get(url).status_code == 404
    if name != "meeting":
        assert outsider.post(url, {"answer": "yes"}).status_code == 404


@pytest.mark.parametrize("name", PAGES[1:])
def test_being_invited_is_not_enough_to_change_it(cast, meeting, client_of, name):
    url = reverse(f"activities:{name}", args=[meeting.pk])
    assert client_of(cast.colleague).get(url).status_code == 403


def test_a_meeting_is_planned_once_however_often_it_is_sent(cast, client_of):
    person, url = client_of(cast.salesperson), reverse("activities:meeting_create")
    said = form_of(next_workday_at(10), people=[cast.colleague.pk], addresses="a@x.example, b@x.example")
    said["nonce"] = "7c1f1a52-6f1f-4a35-8f9a-9d3a0a2b7b11"
    for _turn in range(2):
        assert person.post(url, said).status_code == 302
    planned = Meeting.objects.get()
    assert planned.participants.count() == 3
    assert planned.occurrences.get().starts_at == next_workday_at(10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"starts_time": ""},
        {"starts_on": "someday"},
        {"ends_time": "09:00"},
        {"addresses": "not an address"},
        {"people": ["999999"]},
        {"repeats": "custom", "custom_rule": "FREQ=NEVER"},
        {"client": "No such client"},
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, client_of, wrong):
    said = form_of(next_workday_at(10), place="Oak street") | wrong
    answer = client_of(cast.salesperson).post(reverse("activities:meeting_create"), said)
    assert answer.status_code == 422
    assert "Oak street" in answer.content.decode()
    assert not Meeting.objects.exists()


def test_conflicts_are_said_before_it_is_saved_and_can_be_overruled(cast, meeting, client_of):
    person, url = client_of(cast.salesperson), reverse("activities:meeting_create")
    said = form_of(next_workday_at(10), people=[cast.colleague.pk])
    asked = person.post(url, said)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "Clara Benson is busy" in text
    assert Meeting.objects.count() == 1
    assert person.post(url, said | {"anyway": "1"}).status_code == 302
    assert Meeting.objects.count() == 2


def test_a_conflict_names_the_meeting_only_to_who_may_see_it(cast, client_of):
    make_meeting(cast.colleague, "Their secret", starts_at=next_workday_at(10))
    said = form_of(next_workday_at(10), people=[cast.colleague.pk])
    url = reverse("activities:meeting_busy")
    text = client_of(cast.salesperson).get(url, said).content.decode()
    assert "Clara Benson is busy" in text
    assert "Their secret" not in text
    assert "Their secret" in client_of(cast.head).get(url, said).content.decode()


def test_absence_and_hours_outside_work_are_said(cast, client_of):
    day = next_workday_at(10)
    Absence.plan(person=cast.colleague, kind="sick", starts_on=day.date(), ends_on=day.date(), by=cast.head,
                 at=timezone.now())  # fmt: skip
    url = reverse("activities:meeting_busy")
    person = client_of(cast.salesperson)
    assert (
        "Clara Benson is away" in person.get(url, form_of(day, people=[cast.colleague.pk])).content.decode()
    )
    assert "not at work" in person.get(url, form_of(day.replace(hour=22))).content.decode()
    assert "Everybody has time" in person.get(url, form_of(day)).content.decode()


def test_a_taken_room_is_refused_in_words(cast, client_of):
    room = MeetingRoom.objects.create(name="Oak")
    make_meeting(cast.outsider, "Secret", starts_at=next_workday_at(10), room=room)
    said = form_of(next_workday_at(10), room=room.pk)
    answer = client_of(cast.salesperson).post(reverse("activities:meeting_create"), said)
    assert answer.status_code == 422
    assert "is taken on" in answer.content.decode()
    assert "Secret" not in answer.content.decode()


def test_a_meeting_is_changed_in_its_form(cast, meeting, client_of):
    url = reverse("activities:meeting_edit", args=[meeting.pk])
    person = client_of(cast.salesperson)
    assert "Presentation" in person.get(url).content.decode()
    said = form_of(next_workday_at(14), title="Demo", version=meeting.version, people=[cast.colleague.pk],
                   client="Acme")  # fmt: skip
    assert person.post(url, said).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.starts_at, meeting.account.name) == ("Demo", next_workday_at(14), "Acme")
    stale = person.post(url, said | {"title": "Again"})
    assert stale.status_code == 409
    assert "Again" in stale.content.decode()


def test_dragging_moves_it_with_undo_and_says_conflicts_first(cast, meeting, client_of):
    url = reverse("activities:meeting_move", args=[meeting.pk])
    person = client_of(cast.salesperson)
    make_meeting(cast.colleague, starts_at=next_workday_at(15))
    row = meeting.occurrences.get()
    said = form_of(next_workday_at(15), occurrence=row.pk, version=meeting.version)
    headers = {"HX-Request": "true"}
    assert person.post(url, said, headers=headers).status_code == 422
    answer = person.post(url, said | {"anyway": "1"}, headers=headers)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    meeting.refresh_from_db()
    assert meeting.starts_at == next_workday_at(15)
    person.post(toast["undo_url"])
    meeting.refresh_from_db()
    assert meeting.starts_at == next_workday_at(10)


def test_one_time_of_a_series_is_moved_by_dragging(cast, client_of):
    series = make_meeting(cast.salesperson, starts_at=next_workday_at(10), repeat="FREQ=DAILY")
    row = series.occurrences.order_by("original_at")[0]
    url = reverse("activities:meeting_move", args=[series.pk])
    said = form_of(next_workday_at(12), occurrence=row.pk, version=series.version, anyway="1")
    client_of(cast.salesperson).post(url, said, headers={"HX-Request": "true"})
    row.refresh_from_db()
    assert row.starts_at == next_workday_at(12)
    assert row.is_moved
    assert series.occurrences.filter(is_moved=True).count() == 1


def test_cancelling_asks_first_and_needs_a_post(cast, meeting, client_of):
    url = reverse("activities:meeting_cancel", args=[meeting.pk])
    person = client_of(cast.salesperson)
    person.get(url)
    meeting.refresh_from_db()
    assert meeting.is_planned
    assert person.post(url, {"reason": "Ill"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED


def test_holding_asks_for_the_outcome_and_the_next_step(cast, client_of):
    deal = make_deal(owner=cast.salesperson, account=make_account(owner=cast.salesperson))
    held = make_meeting(cast.salesperson, starts_at=timezone.now() - 2 * HOUR, deal=deal)
    url = reverse("activities:meeting_hold", args=[held.pk])
    person = client_of(cast.salesperson)
    assert person.post(url, {"outcome": "Agreed"}).status_code == 422
    said = {"outcome": "Agreed", "next_title": "Send the contract", "quick": "3"}
    assert person.post(url, said).status_code == 302
    held.refresh_from_db()
    step = Task.objects.get()
    assert (held.state, held.outcome) == (MeetingState.HELD, "Agreed")
    assert (step.title, step.deal, step.account) == ("Send the contract", deal, deal.account)


def test_a_colleague_answers_on_the_page(cast, meeting, client_of):
    url = reverse("activities:meeting_answer", args=[meeting.pk])
    assert client_of(cast.colleague).post(url, {"answer": "no"}).status_code == 302
    assert meeting.participants.get().answer == "no"
    assert client_of(cast.head).post(url, {"answer": "no"}).status_code == 404


def test_the_next_meetings_stand_on_the_clients_card_and_the_deals_page(cast, client_of):
    account = make_account(owner=cast.salesperson)
    deal = make_deal(owner=cast.salesperson, account=account)
    make_meeting(cast.salesperson, "About the deal", deal=deal)
    make_meeting(cast.outsider, "Not for us", account=account)
    person = client_of(cast.salesperson)
    for url in (reverse("accounts:card", args=[account.pk]), deal.get_absolute_url()):
        panel = person.get(url).content.decode().split('id="meetings-title"')[1].split("</section>")[0]
        assert "About the deal" in panel
        assert "Not for us" not in panel


def test_a_contact_brings_the_client_and_is_invited(cast, client_of):
    contact = make_contact(make_account("Acme", owner=cast.salesperson))
    url = f"{reverse('activities:meeting_create')}?contact={contact.pk}"
    text = client_of(cast.salesperson).get(url).content.decode()
    assert "Acme" in text
    assert f'value="{contact.pk}"' in text


def test_the_contacts_and_deals_of_a_chosen_client_are_offered_to_who_sees_it(cast, client_of):
    contact = make_contact(make_account("Acme", owner=cast.salesperson), "Ivan Petrov")
    make_deal("Roses", owner=cast.salesperson, account=contact.account)
    url = f"{reverse('activities:meeting_about')}?account={contact.account_id}"
    mine = client_of(cast.salesperson).get(url).content.decode()
    assert "Ivan Petrov" in mine
    assert "Roses" in mine
    theirs = client_of(cast.outsider).get(url).content.decode()
    assert "Ivan Petrov" not in theirs
    assert "Roses" not in theirs


def test_statements_of_the_pages(cast, meeting, client_of):
    series = make_meeting(cast.salesperson, starts_at=next_workday_at(10), repeat="FREQ=DAILY",
                          guests=Guests(people=(cast.colleague, cast.head)))  # fmt: skip
    browser = client_of(cast.salesperson)
    browser.get(meeting.get_absolute_url())
    for name in PAGES[:4]:
        with assert_query_count(name.replace("_", " ")):
            assert browser.get(reverse(f"activities:{name}", args=[series.pk])).status_code == 200
    with assert_query_count("meeting create"):
        browser.get(reverse("activities:meeting_create"))
