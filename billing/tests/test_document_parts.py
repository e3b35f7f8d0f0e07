import base64
import re
import zlib
from decimal import Decimal

import pytest

from billing.documents.payment_code import payment_code
from billing.documents.pdf import Part, pdf_of

RED = Part(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>',
    "image/svg+xml",
)
RUSSIAN_BANK = {
    "number": "40702810138250123017",
    "bank_name": "ОАО БАНК",
    "bank_code": "044525225",
    "correspondent_account": "30101810965770000413",
    "currency": "RUB",
}
GERMAN_BANK = {
    "number": "DE89370400440532013000",
    "bank_name": "Bank",
    "bank_code": "",
    "correspondent_account": "",
    "currency": "EUR",
}


def parties(bank, **seller):
    usual = {"full_name": "ООО «Три кита»", "tax_number": "6200098765", "reason_code": "", "bank": bank}
    return {"seller": usual | seller, "buyer": {"tax_numbers": [{"kind": "inn", "value": "7707083893"}]}}


def code(of, currency, amount="10.50"):
    return payment_code(of, number="INV-7", currency=currency, amount=Decimal(amount))


def unpacked(made):
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    return b"\n".join(zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")


def test_an_invoice_in_roubles_and_one_in_euros_have_a_code():
    assert "<svg" in code(parties(RUSSIAN_BANK), "RUB")
    assert "<svg" in code(parties(GERMAN_BANK, full_name="Kontor GmbH"), "EUR")


@pytest.mark.parametrize(
    ("of", "currency", "amount"),
    [
        ({}, "RUB", "10"),
        (parties(None), "RUB", "10"),
        (parties(RUSSIAN_BANK), "RUB", "0"),
        (parties(RUSSIAN_BANK), "EUR", "10"),
        (parties(RUSSIAN_BANK | {"bank_code": "12"}), "RUB", "10"),
        (parties(GERMAN_BANK | {"number": "123"}), "EUR", "10"),
        (parties(GERMAN_BANK | {"currency": "USD"}), "USD", "10"),
    ],
)
def test_an_invoice_whose_details_make_no_code_goes_without_one(of, currency, amount):
    assert code(of, currency, amount) == ""


def test_a_pdf_has_its_fonts_inside():
    made = pdf_of("<p>Счёт на оплату № 7</p>")
    assert made.startswith(b"%PDF-")
    assert b"/FontFile" in unpacked(made)


def test_a_picture_handed_over_is_drawn_and_anything_else_is_left_out(tmp_path):
    other = tmp_path / "secret.svg"
    other.write_bytes(RED.content)
    inline = "data:image/svg+xml;base64," + base64.b64encode(RED.content).decode()
    drawn = {
        address: len(pdf_of(f'<p>x</p><img src="{address}">', parts={"red": RED}))
        for address in ("document:red", "document:blue", other.as_uri(), "http://127.0.0.1:9/x.svg", inline)
    }
    empty = len(pdf_of("<p>x</p>"))
    assert drawn.pop("document:red") > empty
    assert set(drawn.values()) == {empty}, drawn
