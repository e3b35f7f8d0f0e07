"""Quick add: one line becomes one task; what it names is found among what the person sees."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.testing import make_account, make_contact
from activities.models import Task, TaskState
from activities.quick_add.drafting import AS_WORDS, NOTHING, draft
from activities.quick_add.planning import plan_drafted
from deals.testing import make_deal, make_pipeline
from foundation.errors import Refused
from foundation.testing import assert_query_count

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "quick-add"}


def planned(person, line, at=AT, **fixes):
    return plan_drafted(draft(line, person=person, at=at, fixes=fixes), by=person, at=at)


def chips(person, line, **fixes):
    return {chip.name: chip for chip in draft(line, person=person, at=AT, fixes=fixes).chips}


@pytest.fixture
def acme(cast):
    account = make_account("Acme Florists", owner=cast.salesperson)
    make_contact(account, name="Иван Петров")
    make_deal("Office flowers", owner=cast.salesperson, account=account, pipeline=make_pipeline())
    return account


def test_a_russian_line_becomes_a_call(cast, acme):
    cast.salesperson.settle(language="ru", time_zone="Europe/Moscow")
    task = planned(cast.salesperson, "позвонить Ивану завтра 15:00 счёт 512 #hot")
    assert task.title == "позвонить Ивану счёт 512"
    assert task.due_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    assert (task.kind, task.priority, task.owner) == ("call", 1, cast.salesperson)
    assert (task.contact.name, task.account) == ("Иван Петров", acme)


def test_a_head_gives_a_task_about_a_deal(cast, acme):
    task = planned(cast.head, "send the offer friday 30m !high @Clara #Office flowers")
    assert task.title == "send the offer"
    assert (task.due_on, task.estimate, task.owner) == (date(2026, 11, 27), 30, cast.colleague)
    assert (task.deal.title, task.account) == ("Office flowers", acme)


@pytest.mark.parametrize("said", ["Ivan", "ivan", "Ivan Petrov", "Ивану", "Петрову"])
def test_a_contact_is_found_however_the_name_is_written(cast, acme, said):
    assert chips(cast.salesperson, f"call {said} tomorrow")["contact"].value != NOTHING


def test_among_several_of_a_name_nobody_is_chosen_for_the_person(cast, acme):
    make_contact(acme, name="Ivan Sidorov")
    chip = chips(cast.salesperson, "call Ivan")["contact"]
    assert (chip.value, chip.is_open, len(chip.options)) == (NOTHING, True, 3)
    assert planned(cast.salesperson, "call Ivan").contact is None
    key = next(value for value, text in chip.options if "Sidorov" in text)
    fixed = chips(cast.salesperson, "call Ivan", contact=key)["contact"]
    assert (fixed.value, fixed.is_open) == (key, False)
    assert planned(cast.salesperson, "call Ivan", contact=key).contact.name == "Ivan Sidorov"


def test_what_the_person_does_not_see_is_not_found(cast, acme):
    outsider = draft("call Ivan from Acme @Clara #Office", person=cast.outsider, at=AT)
    assert {chip.name for chip in outsider.chips} == {"day", "kind"}
    assert outsider.title == "call Ivan from Acme @Clara #Office"
    assert len(outsider.notes) == 2
    key = str(acme.pk)
    task = planned(cast.outsider, "call Ivan from Acme", account=key)
    assert task.account is None


def test_a_task_is_given_only_where_one_may(cast):
    asked = draft("report @Clara", person=cast.salesperson, at=AT)
    assert asked.notes == [f"You may not give tasks to {cast.colleague.name}: the task stays yours."]
    assert planned(cast.salesperson, "report @Clara").owner == cast.salesperson
    asked.fields["owner_id"] = cast.colleague.pk
    with pytest.raises(Refused):
        plan_drafted(asked, by=cast.salesperson, at=AT)


def test_a_chip_turned_off_gives_its_words_back(cast):
    task = planned(cast.salesperson, "read the friday report", day=AS_WORDS)
    assert (task.title, task.due_on) == ("read the friday report", None)


def test_a_chip_says_which_of_several_days(cast):
    chip = chips(cast.salesperson, "pay 5/12")["day"]
    assert chip.is_open
    assert planned(cast.salesperson, "pay 5/12", day="2026-12-05").due_on == date(2026, 12, 5)
    assert planned(cast.salesperson, "pay 5/12", day="1999-01-01").due_on == date(2027, 5, 12)


def test_an_hour_without_a_day_is_the_next_time_it_comes(cast):
    assert planned(cast.salesperson, "call 15:00").due_at == datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert planned(cast.salesperson, "call 09:00").due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_a_meeting_is_offered_its_own_form(cast, client_of, acme):
    answer = client_of(cast.salesperson).post(
        reverse("activities:quick_add_preview"), {"line": "meet Acme tomorrow 15:00"}, **HTMX
    )
    assert "/meetings/new/?" in answer.content.decode()


def test_a_line_without_words_is_refused_with_a_sentence(cast, client_of):
    person = client_of(cast.salesperson)
    for name in ("quick_add", "quick_add_preview"):
        answer = person.post(reverse(f"activities:{name}"), {"line": "tomorrow 15:00"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "no words are left for the title" in text
        assert 'value="tomorrow 15:00"' in text
    assert person.post(reverse("activities:quick_add"), {"line": ""}).status_code == 422
    assert not Task.objects.exists()


def test_the_form_stays_open_and_a_second_sending_changes_nothing(cast, client_of):
    person, said = client_of(cast.salesperson), {"line": "Water the ficus", "nonce": str(uuid4())}
    first = person.post(reverse("activities:quick_add"), said, **HTMX)
    text = first.content.decode()
    assert "Planned: Water the ficus" in text
    assert 'id="quick-line" name="line" value=""' in text
    person.post(reverse("activities:quick_add"), said, **HTMX)
    assert Task.objects.count() == 1


def test_without_a_script_it_is_a_page_and_leads_back_to_itself(cast, client_of):
    person, url = client_of(cast.salesperson), reverse("activities:quick_add")
    assert "See what is understood" in person.get(url).content.decode()
    answer = person.post(url, {"line": "Water the ficus"})
    assert answer.headers["Location"] == url
    assert "Planned: Water the ficus" in person.get(url).content.decode()
    looked = person.post(reverse("activities:quick_add_preview"), {"line": "Water the ficus friday"})
    assert 'value="Water the ficus friday"' in looked.content.decode()


def test_what_was_added_is_taken_back(cast, client_of):
    task = planned(cast.salesperson, "Water the ficus")
    url = reverse("activities:quick_add_take_back", args=[task.pk])
    assert client_of(cast.outsider).post(url).status_code == 404
    assert client_of(cast.salesperson).get(url).status_code == 405
    client_of(cast.salesperson).post(url)
    task.refresh_from_db()
    assert task.state == TaskState.CANCELLED


def test_the_preview_holds_its_statements(cast, client_of, acme):
    person = client_of(cast.salesperson)
    with assert_query_count("quick_add_preview"):
        answer = person.post(
            reverse("activities:quick_add_preview"),
            {"line": "call Ivan Petrov from Acme tomorrow 3pm 30m @Clara #Office flowers"},
            **HTMX,
        )
        assert answer.status_code == 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati", "America/New_York"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-1, 1),
)
def test_tomorrow_is_the_persons_own_tomorrow_on_both_sides_of_midnight(cast, zone, day, seconds):
    cast.salesperson.time_zone = zone
    there = ZoneInfo(zone)
    midnight = day.astimezone(there).replace(hour=0, minute=0, second=0, microsecond=0)
    at = (midnight.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(UTC)
    tomorrow = at.astimezone(there).date() + timedelta(days=1)
    assert draft("pay tomorrow", person=cast.salesperson, at=at).fields["due_on"] == tomorrow
    due_at = draft("pay tomorrow 15:00", person=cast.salesperson, at=at).fields["due_at"].astimezone(there)
    assert (due_at.date(), due_at.hour) == (tomorrow, 15)
    soon = draft("pay in 2 hours", person=cast.salesperson, at=at).fields["due_at"]
    assert timedelta(minutes=-61) <= soon - at - timedelta(hours=2) <= timedelta(minutes=61)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60),
    st.dictionaries(st.sampled_from(["day", "time", "kind", "owner", "deal"]), st.text(max_size=12)),
)
def test_no_line_and_no_choice_breaks_a_draft(cast, line, fixes):
    drafted = draft(line, person=cast.salesperson, at=AT, fixes=fixes)
    assert drafted.fields["owner"] == cast.salesperson
