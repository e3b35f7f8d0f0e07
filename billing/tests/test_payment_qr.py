import json
from dataclasses import replace
from decimal import Decimal

import pytest
from stdnum.exceptions import ValidationError
from stdnum.ru import inn, ogrn

from billing.documents.payment_qr import Transfer, epc_svg, epc_text, gost_svg, gost_text, kopecks
from foundation.errors import Refused
from integrations.testing import shared_data

SEPA = Transfer(name="Kontor GmbH", iban="DE89 3704 0044 0532 0130 00", amount=Decimal("12.3"), text="INV-7")
RUSSIAN = {
    "Name": "ООО «Три кита»",
    "PersonalAcc": "40702810138250123017",
    "BankName": "ОАО БАНК",
    "BIC": "044525225",
    "CorrespAcc": "30101810965770000413",
}


def real(name):
    return json.loads(shared_data(f"numbers/{name}.json").read_text())


def test_russian_payment_strings_equal_the_real_ones():
    for case in real("payment_qr")["ok"]:
        assert gost_text(case["in"]) == case["out"]


def test_the_sum_is_in_kopecks():
    assert [kopecks(Decimal(text)) for text in ("1250", "0.01", "10.005")] == ["125000", "1", "1001"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": ""},
        {"BIC": "04452522"},
        {"PersonalAcc": "4070281013825012301X"},
        {"BankName": "Б" * 46},
        {"Sum": "12.50"},
        {"Purpose": "|#~^_;!"},
    ],
)
def test_a_russian_string_that_no_bank_would_read_is_refused(wrong):
    with pytest.raises(Refused):
        gost_text({**RUSSIAN, **wrong})


def test_each_encoding_is_named_in_the_string_and_letters_it_lacks_are_refused():
    assert [
        gost_text({**RUSSIAN, "Name": "ООО Кит"}, encoding=e)[:7] for e in ("cp1251", "utf-8", "koi8-r")
    ] == [
        "ST00011",
        "ST00012",
        "ST00013",
    ]
    with pytest.raises(Refused):
        gost_text({**RUSSIAN, "Name": "Қазақ"}, encoding="cp1251")


def test_a_transfer_in_euros_is_written_as_the_guidelines_say():
    assert epc_text(SEPA).split("\n") == [
        *("BCD", "002", "1", "SCT", "", "Kontor GmbH", "DE89370400440532013000", "EUR12.30", "", "", "INV-7")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "DE89370400440532013001"},
        {"bic": "NOBANK"},
        {"amount": Decimal(0)},
        {"amount": Decimal("1000000000")},
        {"name": " "},
        {"name": "x" * 71},
        {"text": "x" * 141},
        {"text": "two\nlines"},
        {"text": "я" * 140, "name": "я" * 70},
        {"text": "", "reference": "RF19539007547034"},
        {"reference": "RF18539007547034"},
    ],
)
def test_a_transfer_that_breaks_the_guidelines_is_refused(wrong):
    with pytest.raises(Refused):
        epc_text(replace(SEPA, **wrong))


def test_both_codes_are_drawn_as_pictures_within_the_page():
    assert gost_svg(gost_text(RUSSIAN)).startswith("<svg")
    assert epc_svg(epc_text(SEPA)).startswith("<svg")


def test_real_numbers_of_russian_companies_are_told_from_wrong_ones():
    numbers = real("inn_ogrn_vectors")
    assert all(inn.is_valid(number) for number in numbers["inn_valid"])
    assert not any(inn.is_valid(number) for number in numbers["inn_invalid"])
    assert all(ogrn.is_valid(number) for number in numbers["ogrn_valid"])
    for number, _why in numbers["ogrn_invalid"]:
        with pytest.raises(ValidationError):
            ogrn.validate(number)
