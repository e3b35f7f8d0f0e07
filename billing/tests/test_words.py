import json
from decimal import Decimal

import pytest

from billing.documents.words import cardinal, money_in_words, sentence
from integrations.testing import shared_data


def real(part):
    return json.loads(shared_data("numbers/amount_in_words_ru.json").read_text())[part]


def test_russian_cardinals_equal_the_real_ones():
    for case in real("cardinal"):
        assert cardinal(Decimal(case["n"]), "ru") == case["words"], case["n"]


def test_russian_amounts_equal_the_real_ones():
    for case in real("currency"):
        # A number without a point counts kopecks.
        amount = Decimal(case["n"]) if "." in case["n"] else Decimal(case["n"]).scaleb(-2)
        joint = f"{case['separator']} "
        words = money_in_words(amount, case["currency"], "ru", joint=joint, cents_in_words=case["cents"])
        assert words == case["words"], case


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        ("1234.56", "USD", "en", "one thousand two hundred and thirty-four US dollars and 56 cents"),
        ("1", "USD", "en", "one US dollar and 00 cents"),
        ("0.01", "GBP", "en", "zero pounds sterling and 01 penny"),
        ("2000001.30", "EUR", "en", "two million and one euros and 30 cents"),
        ("5", "JPY", "en", "five yen"),
        ("1.005", "KWD", "en", "one Kuwaiti dinar and 005 fils"),
        ("21.02", "RUB", "ru", "двадцать один рубль 02 копейки"),
        ("1001", "GBP", "ru", "одна тысяча один фунт стерлингов 00 пенсов"),
        ("2002", "JPY", "ru", "две тысячи две иены"),
        ("1", "MXN", "ru", "одно мексиканское песо 00 сентаво"),
        ("1000000", "USD", "es", "un millón de dólares estadounidenses con 00 centavos"),
        ("1000001", "EUR", "es", "un millón un euros con 00 céntimos"),
        ("21", "EUR", "es", "veintiún euros con 00 céntimos"),
        ("21000000", "EUR", "es", "veintiún millones de euros con 00 céntimos"),
        ("31000.01", "EUR", "es", "treinta y un mil euros con 01 céntimo"),
        ("221", "GBP", "es", "doscientas veintiuna libras esterlinas con 00 peniques"),
        ("500500", "GBP", "es", "quinientas mil quinientas libras esterlinas con 00 peniques"),
        ("200000201", "GBP", "es", "doscientos millones doscientas una libras esterlinas con 00 peniques"),
        ("1500000", "IDR", "id", "satu juta lima ratus ribu rupiah dan 00 sen"),
        ("-12.50", "USD", "id", "minus dua belas dolar Amerika Serikat dan 50 sen"),
    ],
)
def test_amounts_agree_with_their_nouns(amount, currency, language, words):
    assert money_in_words(Decimal(amount), currency, language) == words


def test_an_amount_is_rounded_to_its_currency_before_it_is_written():
    assert money_in_words(Decimal("0.995"), "RUB", "ru") == "один рубль 00 копеек"


def test_a_currency_without_nouns_is_written_by_its_code():
    assert money_in_words(Decimal("2.5"), "PLN", "en") == "two PLN and 50/100"


def test_a_language_that_is_not_ours_is_answered_in_english():
    assert money_in_words(Decimal(2), "JPY", "de") == "two yen"


def test_the_line_of_a_document_begins_with_a_capital():
    assert sentence(money_in_words(Decimal(2), "JPY", "ru")) == "Две иены"
