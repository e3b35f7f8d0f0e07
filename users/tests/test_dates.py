from datetime import UTC, date, datetime

import pytest
from django.utils import formats, timezone, translation

from users.dates import day_heading, day_text, short_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "this_year", "another"),
    [("en", "Mar 4", "Mar 4, 2024"), ("ru", "4 мар.", "4 мар. 2024\u202fг.")],
)
def test_the_year_is_said_only_when_it_is_another_one(language: str, this_year: str, another: str) -> None:
    with translation.override(language):
        assert short_day(date(2026, 3, 4), TODAY) == this_year
        assert short_day(date(2024, 3, 4), TODAY) == another


def test_days_near_today_are_said_by_word() -> None:
    said = [day_text(day, TODAY) for day in (None, TODAY, date(2026, 11, 24), date(2026, 11, 22))]
    assert said == ["", "today", "tomorrow", "Nov 22"]


def test_a_timeline_names_the_weekday_of_this_years_days() -> None:
    days = [TODAY, date(2026, 11, 22), date(2026, 3, 4), date(2024, 3, 4)]
    assert [day_heading(day, TODAY) for day in days] == ["Today", "Yesterday", "Wed, Mar 4", "Mar 4, 2024"]
    with translation.override("ru"):
        assert day_heading(date(2026, 3, 4), TODAY) == "Ср, 4 мар."


@pytest.mark.parametrize("language", ["en", "ru"])
def test_hours_have_two_digits_and_no_halves_of_the_day(language: str) -> None:
    night = timezone.localtime(datetime(2026, 11, 20, 1, 46, tzinfo=UTC), UTC)
    with translation.override(language):
        assert formats.date_format(night, "TIME_FORMAT") == "01:46"
        assert formats.date_format(night, "DATETIME_FORMAT").endswith(", 01:46")
    with translation.override("en"):
        assert formats.date_format(night) == "Nov 20, 2026"
