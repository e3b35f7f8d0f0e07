"""Quick add: one line becomes one task; what it names is found among what the person sees."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Tag
from accounts.testing import make_account, make_contact
from activities.models import Meeting, Note, Task, TaskState
from activities.quick_add.chips import AS_WORDS, NOTHING
from activities.quick_add.drafting import draft
from activities.quick_add.planning import plan_drafted
from deals.models import Deal
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
    url = reverse("activities:quick_add_take_back", args=["task", task.pk])
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


def test_a_tag_goes_to_the_client_and_comes_off_again(cast, client_of, acme):
    hot = Tag.objects.create(name="Hot")
    said = {"line": "call Acme tomorrow #hot", "nonce": str(uuid4())}
    answer = client_of(cast.salesperson).post(reverse("activities:quick_add"), said, **HTMX)
    assert Task.objects.get().title == "call Acme"
    assert [*acme.tags.all()] == [hot]
    undo = re.search(r'formaction="([^"]+)"[^>]*data-take-back', answer.content.decode())[1].replace(
        "&amp;", "&"
    )
    client_of(cast.salesperson).post(undo)
    assert Task.objects.get().state == TaskState.CANCELLED
    assert not acme.tags.exists()


def test_a_tag_needs_a_client_whom_one_may_change(cast, acme):
    Tag.objects.create(name="hot")
    nobody = draft("buy paper #hot", person=cast.salesperson, at=AT)
    assert (nobody.title, nobody.tags) == ("buy paper #hot", {})
    assert "name one to tag it" in nobody.notes[0]
    assert draft("call Acme #hot", person=cast.outsider, at=AT).tags == {}


def test_a_word_that_is_no_tag_is_urgent_or_a_deal(cast, acme):
    assert draft("call Acme #hot", person=cast.salesperson, at=AT).fields["priority"] == 1
    assert draft("call Acme #Office", person=cast.salesperson, at=AT).fields["deal_id"]


def test_a_note_keeps_its_words_and_stands_with_the_client(cast, client_of, acme):
    note = planned(cast.salesperson, "note Acme wants the offer on friday 15:00")
    assert isinstance(note, Note)
    assert (note.text, note.account) == ("Acme wants the offer on friday 15:00", acme)
    client_of(cast.salesperson).post(reverse("activities:quick_add_take_back", args=["note", note.pk]))
    assert not Note.objects.exists()


def test_a_note_about_nobody_is_refused(cast):
    with pytest.raises(Refused, match="which client"):
        planned(cast.salesperson, "note the ficus is thirsty")


def test_a_meeting_with_an_hour_stands_in_the_calendar(cast, acme):
    meeting = planned(cast.salesperson, "meet Ivan tomorrow 15:00 30m @Clara")
    assert isinstance(meeting, Meeting)
    assert meeting.starts_at == datetime(2026, 11, 26, 15, tzinfo=UTC)
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)
    assert {each.name for each in meeting.participants.all()} >= {"Иван Петров", cast.colleague.name}
    assert (meeting.title, meeting.account) == ("meet Ivan", acme)


def test_a_meeting_without_an_hour_is_a_to_do_and_says_so(cast, acme):
    drafted = draft("meet Ivan tomorrow", person=cast.salesperson, at=AT)
    assert (drafted.becomes, drafted.fields["kind"]) == ("task", "todo")
    assert "Say the hour" in " ".join(drafted.notes)


@pytest.mark.parametrize(
    ("channel", "kind"), [("email", "mail"), ("chat", "message"), ("phone", "call"), ("", "todo")]
)
def test_where_no_kind_is_said_the_contacts_own_channel_is_proposed(cast, acme, channel, kind):
    acme.contacts.update(preferred_channel=channel)
    assert planned(cast.salesperson, "Remind Иван Петров tomorrow").kind == kind
    assert planned(cast.salesperson, "call Ivan tomorrow").kind == "call"
    assert planned(cast.salesperson, "task for Ivan tomorrow").kind == "todo"


def test_working_days_are_the_persons_own(cast):
    assert planned(cast.salesperson, "pay in 3 working days").due_on == date(2026, 11, 30)
    assert planned(cast.salesperson, "bayar 3 hari kerja lagi").due_on == date(2026, 11, 30)


def test_a_sum_tells_which_of_the_clients_deals_is_meant(cast, acme):
    pipeline = Deal.objects.get().stage.pipeline
    meant = make_deal("Roses", owner=cast.salesperson, account=acme, pipeline=pipeline, amount=5000)
    drafted = draft("call Acme about 5,000", person=cast.salesperson, at=AT)
    assert "deal_id" not in drafted.fields
    drafted = draft(f"call Acme about 5 000 {meant.currency}", person=cast.salesperson, at=AT)
    assert drafted.fields["deal_id"] == meant.pk
    assert drafted.title == f"call Acme about 5 000 {meant.currency}"


SAID = ["call", "Ivan", "Acme", "tomorrow", "15:00", "5/12", "at 3", "30m", "!high", "#hot", "@Clara", "note", "meet",
        "llamar a", "besok sore", "в 3 рабочих дня", "5,000 EUR", "#Office", "mañana por la tarde", "3 hari kerja lagi",
        "about", "roses", "завтра", "через 2 часа"]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SAID), max_size=7), st.sampled_from(["en", "ru", "es", "id"]), st.data())
def test_what_the_preview_says_is_what_is_saved(cast, acme, said, language, picked):
    """Whatever is typed and chosen: the chips' values are those of the record, and the title is its title."""
    Tag.objects.get_or_create(name="hot")
    cast.salesperson.language = language
    line, fixes = " ".join(said), {}
    for chip in draft(line, person=cast.salesperson, at=AT).chips:
        if picked.draw(st.booleans()):
            fixes[chip.name] = picked.draw(st.sampled_from([value for value, _text in chip.options]))
    drafted = draft(line, person=cast.salesperson, at=AT, fixes=fixes)
    shown = {chip.name: chip.value for chip in drafted.chips}
    with transaction.atomic():
        try:
            made = plan_drafted(drafted, by=cast.salesperson, at=AT)
        except Refused:
            return
        assert str(made) == drafted.title[:60] if isinstance(made, Note) else made.title == drafted.title
        for name in ("deal", "contact"):
            if name in shown:
                assert str(getattr(made, f"{name}_id") or NOTHING) == shown[name]
        if shown.get("account", NOTHING) != NOTHING:
            assert str(made.account_id) == shown["account"]
        kind = {Note: "note", Meeting: "meeting"}.get(type(made)) or made.kind
        assert kind == shown["kind"]
        if isinstance(made, Task):
            assert shown.get("priority", AS_WORDS) in (AS_WORDS, str(made.priority))
            assert (str(made.estimate) if made.estimate else AS_WORDS) == shown.get("duration", AS_WORDS)
            local = made.due_at.astimezone(ZoneInfo(cast.salesperson.time_zone)) if made.due_at else None
            day = local.date() if local else made.due_on
            if "moment" not in shown:
                said_day = shown.get("day_of_hour", shown["day"]).replace(AS_WORDS, NOTHING)
                assert (day.isoformat() if day else NOTHING) == said_day
            assert shown.get("owner", NOTHING) in (NOTHING, str(made.owner_id))
        tags = {value for name, value in shown.items() if name.startswith("tag") and value != AS_WORDS}
        if tags:
            assert tags <= {str(tag.pk) for tag in made.account.tags.all()}
        transaction.set_rollback(True)


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
