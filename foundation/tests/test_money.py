from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Refused
from foundation.models.exchange_rate import ExchangeRate
from foundation.money import (
    base_amount,
    compact_money_text,
    minor_units,
    money_text,
    number_text,
    parsed_amount,
    rounded,
)

AMOUNTS = st.decimals(min_value="-99999999999", max_value="99999999999", places=2)


@pytest.mark.parametrize(
    ("currency", "units"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("RUB", 2), ("IDR", 2)]
)
def test_decimals_follow_iso_4217(currency, units):
    assert minor_units(currency) == units


@pytest.mark.parametrize("code", ["", "usd", "ABC", "DOLLAR"])
def test_an_unknown_currency_is_named(code):
    with pytest.raises(ValueError, match=f"“{code}” is not a currency code"):
        minor_units(code)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("2.345", "USD", "2.35"), ("-2.345", "USD", "-2.35"), ("2.5", "JPY", "3"), ("1.0005", "KWD", "1.001")],
)
def test_halves_are_rounded_away_from_zero(amount, currency, expected):
    assert str(rounded(Decimal(amount), currency)) == expected


@given(AMOUNTS)
def test_rounding_twice_changes_nothing(amount):
    assert rounded(rounded(amount, "USD"), "USD") == rounded(amount, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("1234567.5", "USD", "en", "1,234,567.50 USD"),
        ("1234567.5", "RUB", "ru", "1 234 567,50 RUB"),
        ("1234567.5", "EUR", "de", "1.234.567,50 EUR"),
        ("1234.5", "JPY", "en", "1,235 JPY"),
        ("-5", "USD", "en", "-5.00 USD"),
        ("5", "BRL", "pt-br", "5,00 BRL"),
        ("5", "USD", "xx-unknown", "5.00 USD"),
    ],
)
def test_an_amount_is_written_with_its_code_and_never_wraps(amount, currency, language, text):
    written = money_text(Decimal(amount), currency, language)
    assert written.replace("\u00a0", " ") == text
    assert " " not in written


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        ("10000000", "en", "10.0M USD"),
        ("10049999", "en", "10.0M USD"),
        ("1250000", "en", "1.3M USD"),
        ("999999", "en", "1.0M USD"),
        ("-12345", "en", "-12.3K USD"),
        ("999.50", "en", "999.50 USD"),
        ("10000000", "ru", "10,0 млн USD"),
        ("1234567", "ru", "1,2 млн USD"),
        ("12345", "de", "12.345 USD"),
        ("9900000000000000", "en", "9900.0T USD"),
    ],
)
def test_headers_show_the_amount_in_short(amount, language, text):
    assert compact_money_text(Decimal(amount), "USD", language).replace("\u00a0", " ") == text


def test_counts_are_grouped_as_the_language_does():
    assert number_text(1000, "ru") == "1\u00a0000"


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("1 234 567,89", "en", "1234567.89"),
        ("1\u00a0234\u00a0567,89", "ru", "1234567.89"),
        ("1\u202f234,5", "fr", "1234.5"),
        ("1,234,567.89", "ru", "1234567.89"),
        ("12.345,00", "en", "12345"),
        ("1’234’567.5", "en", "1234567.5"),
        ("1'000", "en", "1000"),
        ("12,34,567.89", "en", "1234567.89"),
        ("1,234", "en", "1234"),
        ("1.234", "de", "1234"),
        ("1.234.567", "ru", "1234567"),
        ("1 234,567", "ru", "1234.567"),
        ("0.125", "ru", "0.125"),
        ("1234.567", "ru", "1234.567"),
        ("  -5,5 ", "en", "-5.5"),
        ("\u2212 5", "en", "-5"),
        ("+7", "en", "7"),
        (".5", "en", "0.5"),
        ("5,", "en", "5"),
        ("١٢٣", "en", "123"),
        ("0", "en", "0"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, language, amount):
    assert parsed_amount(text, language) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("1.234", "en", "two ways"),
        ("1,234", "ru", "two ways"),
        ("15%", "en", "percentage"),
        ("NaN", "en", "not an amount"),
        ("inf", "en", "not an amount"),
        ("1e5", "en", "not an amount"),
        ("$5", "en", "not an amount"),
        ("", "en", "not an amount"),
        (",", "en", "not an amount"),
        ("1,23,4", "en", "separators"),
        ("1,,2", "en", "separators"),
        ("1 23", "en", "separators"),
        ("1 234,567,890", "en", "separators"),
        ("1.234,567.89", "en", "separators"),
        ("1" + "0" * 14, "en", "too large"),
        ("9" * 5000, "en", "not an amount"),
    ],
)
def test_what_is_not_one_plain_amount_is_refused_with_the_reason(text, language, reason):
    with pytest.raises(ValueError, match=reason):
        parsed_amount(text, language)


@given(AMOUNTS, st.sampled_from(["en", "ru", "de", "es", "id", "fr"]))
def test_what_we_write_we_read_back(amount, language):
    assert parsed_amount(money_text(amount, "USD", language).removesuffix("\u00a0USD"), language) == amount


@given(st.text(), st.sampled_from(["en", "ru"]))
def test_any_text_is_an_amount_or_refused(text, language):
    amount, said = None, ""
    try:
        amount = parsed_amount(text, language)
    except ValueError as refusal:
        said = str(refusal)
    assert said.endswith(".") if amount is None else amount.is_finite()


@pytest.fixture
def euro_rates(db, settings):
    settings.BASE_CURRENCY = "USD"
    for on, rate in [(date(2024, 1, 10), "1.10"), (date(2024, 3, 1), "1.085")]:
        ExchangeRate.objects.create(currency="EUR", on=on, rate=Decimal(rate))


@pytest.mark.parametrize(
    ("on", "rate"), [(date(2024, 1, 10), "1.10"), (date(2024, 2, 29), "1.10"), (date(2025, 1, 1), "1.085")]
)
def test_the_latest_rate_known_on_the_day_counts(euro_rates, on, rate):
    assert base_amount(Decimal("10.01"), "EUR", on) == (
        Decimal(rate),
        rounded(Decimal("10.01") * Decimal(rate), "USD"),
    )


def test_the_base_currency_needs_no_rate(euro_rates, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert base_amount(Decimal("5.005"), "USD", date(1999, 1, 1)) == (1, Decimal("5.01"))


def test_a_missing_rate_is_refused_with_what_to_do(euro_rates):
    said = r"No exchange rate from EUR to USD is known on Jan 9, 2024\. Ask an administrator"
    with pytest.raises(Refused, match=said):
        base_amount(Decimal(5), "EUR", date(2024, 1, 9))


def test_an_amount_too_large_in_the_base_currency_is_refused(euro_rates):
    with pytest.raises(Refused, match="too large in USD"):
        base_amount(Decimal(10) ** 14 - 1, "EUR", date(2024, 1, 10))
