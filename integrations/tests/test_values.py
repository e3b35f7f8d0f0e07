"""A cell is read as what it plainly means, and refused with a sentence when it has two meanings or none."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils.translation import override

from accounts.models.account import Kind
from integrations.importing.accounts import labels_of
from integrations.values import Reader, choice

READER = Reader()


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("2017-03-04", READER),
        ("04.03.2017", READER),
        ("4.3.17", READER),
        ("2017/03/04", READER),
        ("03/04/2017", Reader(date_format="m/d/y")),
        ("04/03/2017", Reader(date_format="d/m/y")),
        ("42798", Reader(date_format="excel")),
        ("42798", Reader(is_workbook=True)),
        ("41336", Reader(is_workbook=True, counts_days_from_1904=True)),
        ("2017-03-04 15:30:00", READER),
    ],
)
def test_a_day_is_read_from_its_usual_writings(text, reader):
    assert reader.day(text) == date(2017, 3, 4)


@pytest.mark.parametrize(
    "text", ["03/04/2017", "2017-02-30", "31.13.2017", "yesterday", "42798", "0001-01-01", "1.2.3.4"]
)
def test_a_day_with_two_meanings_or_none_is_refused(text):
    with pytest.raises(ValueError, match="“"):
        READER.day(text)


def test_a_day_without_an_hour_is_noon_where_the_company_is():
    with override_settings(COMPANY_TIME_ZONE="Asia/Yekaterinburg"):
        assert READER.moment("2017-03-04") == datetime(2017, 3, 4, 7, tzinfo=UTC)
        assert READER.day("2017-03-04") == date(2017, 3, 4)
    assert READER.moment("2017-03-04T10:00:00+03:00") == datetime(2017, 3, 4, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reader", "amount"),
    [
        ("1 234,56", READER, "1234.56"),
        ("12.345,00", READER, "12345.00"),
        ("1,234.50", READER, "1234.50"),
        ("1.234", Reader(decimal_mark="."), "1.234"),
        ("1.234", Reader(decimal_mark=","), "1234"),
        ("1.234", Reader(is_workbook=True), "1.234"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, reader, amount):
    assert reader.amount(text) == Decimal(amount)


def test_a_percentage_is_never_taken_for_a_number_of_things():
    for text in ("25%", "256.76"):
        with pytest.raises(ValueError, match=r"percentage|whole number"):
            READER.whole_number(text)
    assert READER.whole_number("1,234") == 1234


def test_a_share_is_never_taken_for_a_percentage():
    with pytest.raises(ValueError, match="share or a percentage"):
        READER.percentage("0.15")
    assert READER.percentage("15%") == READER.percentage("15") == 15
    with pytest.raises(ValueError, match="between 0 and 100"):
        READER.percentage("256.76")


@pytest.mark.parametrize("text", ["89161234567", "8 (916) 123-45-67", "79161234567", "+7 916 123 45 67"])
def test_a_phone_is_kept_in_international_form(text):
    assert Reader(country="RU").phone(text) == "+79161234567"


def test_what_is_no_phone_or_address_is_refused():
    with pytest.raises(ValueError, match="not a phone"):
        READER.phone("ask Anna")
    with pytest.raises(ValueError, match="not an e-mail"):
        READER.email("anna at example.com")
    assert READER.email("mailto:Anna@Example.COM ") == "anna@example.com"


def test_yes_and_no_in_two_languages():
    assert READER.truth("Да")
    assert not READER.truth("no")
    with pytest.raises(ValueError, match="neither yes nor no"):
        READER.truth("perhaps")


def test_a_choice_is_found_by_its_label_or_its_value():
    labels = {"won": "won", "closed won": "won", "lost": "lost"}
    assert choice("Closed Won", labels) == "won"
    with pytest.raises(ValueError, match="none of lost, won"):
        choice("maybe", labels)


def test_a_refused_choice_offers_the_words_of_the_reader():
    with override("ru"), pytest.raises(ValueError, match="организация, физлицо"):
        choice("кто-то", labels_of(Kind))
