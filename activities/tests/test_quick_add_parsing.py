"""Reading a typed line, without the database: four languages, both halves of the day, every day there is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.quick_add.grammars import GRAMMARS
from activities.quick_add.parsing import LONGEST_LINE, parse

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
WORDS = [
    "завтра", "через", "3", "дня", "15:00", "в", "15", "next", "monday", "in", "2", "hours", "5/12", "31.02", "29.02",
    "#hot", "@Clara", "!!", "99:99", "12", "Dec", "0000-00-00", "el", "lunes", "que", "viene", "jam", "lagi",
    "9999-12-31", "@", "#", "!", "\u0130", "ß", "\u0301", "m", "half", "an", "hour", "в 5.12",
    "999 months", "in 999 weeks",
]  # fmt: skip
lines = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
languages = st.sampled_from(sorted(GRAMMARS))
moments = st.datetimes(timezones=st.just(UTC))
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


def read(line: str, language: str = "en", now: datetime = NOW) -> tuple[dict[str, tuple[str, ...]], str]:
    parsed = parse(line, now=now, language=language)
    spans = [(part.start, part.end) for part in parsed.parts]
    return {part.kind: part.readings for part in parsed.parts}, parsed.title(*spans)


@pytest.mark.parametrize(
    ("language", "line", "said", "title"),
    [
        ("ru", "позвонить Ивану завтра 15:00 счёт 512 #hot",
         {"day": "2026-11-26", "time": "15:00", "priority": "1"},
         "позвонить Ивану счёт 512"),
        ("en", "call Ivan tomorrow 3pm 30m !high",
         {"day": "2026-11-26", "time": "15:00", "duration": "30", "priority": "1"},
         "call Ivan"),
        ("es", "llamar a Juan en 3 días a las 3 de la tarde", {"day": "2026-11-28", "time": "15:00"}, "llamar a Juan"),
        ("id", "telepon Budi 3 hari lagi jam 3 sore 30 menit", {"day": "2026-11-28", "time": "15:00", "duration": "30"},
         "telepon Budi"),
        ("ru", "через 3 дня отправить КП", {"day": "2026-11-28"}, "отправить КП"),
        ("ru", "через неделю отчёт", {"day": "2026-12-02"}, "отчёт"),
        ("ru", "в 15 встреча", {"time": "15:00"}, "встреча"),
        ("ru", "полдень обед 1ч", {"time": "12:00", "duration": "60"}, "обед"),
        ("ru", "к пятнице отчёт", {"day": "2026-11-27"}, "отчёт"),
        ("ru", "отчёт 5.12", {"day": "2026-12-05"}, "отчёт"),
        ("ru", "отчёт 15.30", {"time": "15:30"}, "отчёт"),
        ("ru", "2 часа ночи проверка", {"time": "02:00"}, "проверка"),
        ("en", "day after tomorrow noon lunch", {"day": "2026-11-27", "time": "12:00"}, "lunch"),
        ("en", "report 12 Dec", {"day": "2026-12-12"}, "report"),
        ("en", "report Dec 12, 2027", {"day": "2027-12-12"}, "report"),
        ("en", "report 2026-12-05", {"day": "2026-12-05"}, "report"),
        ("en", "write in a week for half an hour", {"day": "2026-12-02", "duration": "30"}, "write"),
        ("en", "ring in 2 hours", {"moment": "2026-11-25T12:00"}, "ring"),
        ("en", "12am backup 1.5h !low", {"time": "00:00", "duration": "90", "priority": "3"}, "backup"),
        ("es", "reunión el lunes que viene", {"day": "2026-11-30"}, "reunión"),
        ("es", "informe pasado mañana", {"day": "2026-11-27"}, "informe"),
        ("id", "lusa pukul 15.00 rapat", {"day": "2026-11-27", "time": "15:00"}, "rapat"),
    ],
)  # fmt: skip
def test_a_line_is_understood(language, line, said, title):
    parts, left = read(line, language)
    assert {kind: readings[0] for kind, readings in parts.items()} == said
    assert left == title


@pytest.mark.parametrize(
    ("language", "line", "kind", "readings"),
    [
        ("en", "pay 5/12", "day", ("2027-05-12", "2026-12-05", "2026-05-12")),
        ("ru", "оплата 5/12", "day", ("2026-12-05", "2027-05-12", "2026-05-12")),
        ("en", "pay at 3", "time", ("15:00", "03:00")),
        ("en", "pay at 9", "time", ("09:00", "21:00")),
        ("en", "next friday pay", "day", ("2026-12-04", "2026-11-27")),
        ("en", "wednesday pay", "day", ("2026-12-02", "2026-11-25")),
        ("ru", "оплата в 3:30", "time", ("03:30",)),
    ],
)
def test_what_can_be_meant_in_several_ways_keeps_them_all(language, line, kind, readings):
    assert read(line, language)[0][kind] == readings


@pytest.mark.parametrize(
    "line",
    [
        "Sun 3 times the 24/7 hotline",
        "ratio 99/99",
        "room 25:70",
        "email@example.com",
        "v2.13.1",
        "5.5kg",
        "31.02",
    ],
)
def test_what_only_looks_like_a_day_or_a_time_stays_in_the_title(line):
    parts, left = read(line)
    assert "time" not in parts
    assert left == line.removeprefix("Sun ")


def test_one_day_is_taken_and_the_second_stays_in_the_title():
    parts, left = read("move the call from friday to tomorrow")
    assert parts["day"] == ("2026-11-27",)
    assert left == "move the call from to tomorrow"


def test_the_kind_is_said_by_the_first_word_only():
    assert parse("перезвонить Анне", now=NOW, language="en").kind == "call"
    assert parse("prepare the call list", now=NOW, language="en").kind == ""
    assert parse("tomorrow meet Acme", now=NOW, language="en").kind == "meeting"


def test_names_colleagues_and_deals_are_told_apart():
    parsed = parse(
        'call Ivan Petrov from Acme tomorrow @Clara #"New office" with plans', now=NOW, language="en"
    )
    assert [(each.sign, each.said()) for each in parsed.mentions] == [
        ("", "Ivan Petrov"), ("", "Acme"), ("@", 'Clara'), ("#", "New office"),
    ]  # fmt: skip


def test_the_capital_a_sentence_begins_with_names_nobody():
    assert parse("Send the offer", now=NOW, language="en").mentions == ()


@settings(max_examples=300, deadline=None)
@given(lines, languages, moments)
def test_no_text_is_too_strange(line, language, now):
    parsed = parse(line, now=now, language=language)
    assert len(parsed.line) <= LONGEST_LINE
    end = 0
    for part in sorted(parsed.parts, key=lambda each: each.start):
        assert end <= part.start < part.end <= len(parsed.line)
        assert parsed.line[part.start : part.end] == part.text
        assert part.readings
        end = part.end


@settings(max_examples=300, deadline=None)
@given(lines, languages)
def test_no_word_is_dropped(line, language):
    """What was not understood stands in the title: letter for letter, but for commas and dashes at its ends."""
    parsed = parse(line, now=NOW, language=language)
    spans = [(part.start, part.end) for part in parsed.parts]
    rest = list(parsed.line)
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    kept = "".join(rest).split()
    assert "".join(parsed.title(*spans).split()).strip(",;–—-") == "".join(kept).strip(",;–—-")


@settings(max_examples=200, deadline=None)
@given(days, languages, st.sampled_from(["d MMMM y", "long", "y-MM-dd"]), days)
def test_a_day_said_in_any_language_is_read_as_that_day(day, language, form, today):
    now = datetime.combine(today, datetime.min.time())
    said = format_date(day, form, locale=language)
    assert read(f"offer {said}", language, now) == ({"day": (day.isoformat(),)}, "offer")


@settings(max_examples=200, deadline=None)
@given(days, languages, st.integers(0, 27))
def test_a_weekday_is_the_first_of_its_name_to_come(today, language, ahead):
    now = datetime.combine(today, datetime.min.time())
    day = today + timedelta(days=ahead % 7 + 1)
    said = format_date(day, "EEEE", locale=language)
    assert date.fromisoformat(read(f"offer {said}", language, now)[0]["day"][0]) == day


@settings(max_examples=200, deadline=None)
@given(days, st.integers(0, 999))
def test_so_many_days_ahead_are_counted_from_today_in_every_language(today, ahead):
    now = datetime.combine(today, datetime.min.time())
    expected = (today + timedelta(days=ahead)).isoformat()
    for language, said in [
        ("en", f"in {ahead} days"),
        ("ru", f"через {ahead} дней"),
        ("es", f"en {ahead} días"),
        ("id", f"{ahead} hari lagi"),
    ]:
        assert read(f"offer {said}", language, now)[0]["day"] == (expected,)
