"""Files of banks read into statements: what they say, what does not add up, and what is no statement."""

import contextlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.ru import inn

from billing.bank.reading import Statement, read
from billing.bank.reading.amounts import amount_of, day_of
from foundation.errors import Refused
from integrations.testing import shared_data

FOLDER = Path(__file__).parent / "bank"
NAMES = ["one_c.txt", "camt.xml", "mt940.sta", "table.csv"]


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def only(content: str | bytes, **said: str) -> Statement:
    (statement,) = read(content.encode() if isinstance(content, str) else content, **said)
    return statement


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_statement_of_1c_is_read_in_any_encoding(encoding: str) -> None:
    statement = only(text_of("one_c.txt").replace("\n", "\r\n").encode(encoding))
    assert (statement.kind, statement.account, statement.currency) == ("1c", "40702810900000000017", "RUB")
    assert (statement.starts_on, statement.ends_on) == (date(2026, 11, 16), date(2026, 11, 18))
    assert (statement.opening, statement.closing) == (Decimal("120500.00"), Decimal("189800.55"))
    assert (statement.total_in, statement.sum_in) == (Decimal("84300.55"),) * 2
    assert (statement.total_out, statement.sum_out) == (Decimal("15000.00"),) * 2
    assert statement.differences == ()
    first = statement.lines[0]
    assert (first.direction, first.amount, first.on) == ("in", Decimal("72000.00"), date(2026, 11, 17))
    assert (first.name, first.tax_number) == ('ООО "Лилия"', "7701234560")
    assert (first.bank_account, first.number) == ("40702810100000000042", "000412")
    assert first.purpose.startswith("Оплата по счету № INV-2026-00017 от 12.11.2026 за букеты.")
    assert [line.direction for line in statement.lines] == ["in", "in", "out"]
    assert statement.lines[2].name == 'ООО "Теплица"'


def test_a_statement_that_says_dos_is_read_as_dos() -> None:
    text = text_of("one_c.txt").replace("Кодировка=Windows", "Кодировка=DOS")
    text = text.replace("№", "N")  # cp866 has it elsewhere than banks write it
    assert only(text.encode("cp866")).lines[1].name == "ИП Астрова Вера Ильинична"


def test_a_statement_that_says_the_wrong_encoding_is_read_all_the_same() -> None:
    text = text_of("one_c.txt").replace("Кодировка=Windows", "Кодировка=DOS")
    assert only(text.encode("cp1251")).lines[0].name == 'ООО "Лилия"'


@pytest.mark.parametrize("encoding", ["cp1251", "utf8"])
def test_the_shared_statement_is_read_and_its_wrong_tax_numbers_are_marked(encoding: str) -> None:
    path = shared_data(f"bank_1c/c_statement_v103_in_out_KonecVypiski.{encoding}.txt")
    statement = only(path.read_bytes())
    assert (statement.sum_in, statement.sum_out) == (Decimal("10000.00"), Decimal("500.00"))
    wrong = {line.tax_number for line in statement.lines if line.has_wrong_tax_number}
    assert wrong == {each.tax_number for each in statement.lines if not inn.is_valid(each.tax_number)}
    assert any("1234567890" in each for each in statement.differences)  # our own
    assert not any("the bank says" in each for each in statement.differences)


def test_sums_that_differ_are_said_with_the_difference() -> None:
    text = text_of("one_c.txt").replace("ВсегоПоступило=84300.55", "ВсегоПоступило=84300.50")
    text = text.replace("КонечныйОстаток=189800.55", "КонечныйОстаток=189800.00")
    assert only(text).differences == (
        "Received: the bank says 84300.50, the lines add up to 84300.55 (+0.05).",
        "Balance: 120500.00 at the beginning and the lines make 189800.55, the bank says 189800.00 (+0.55).",
    )


def test_wrong_check_digits_mark_the_line_and_are_said() -> None:
    statement = only(text_of("one_c.txt").replace("7701234560", "7701234561"))
    assert [line.has_wrong_tax_number for line in statement.lines] == [True, False, False]
    (said,) = statement.differences
    assert "7701234561" in said
    assert "Лилия" in said


def test_a_statement_broken_off_says_so_and_keeps_what_it_holds() -> None:
    whole = text_of("one_c.txt")
    statement = only(whole[: whole.index("КонецФайла")])
    assert len(statement.lines) == 3
    assert statement.differences == ("The file breaks off: its end is missing. Download it again.",)


def test_a_document_of_another_account_is_left_out_and_said() -> None:
    text = text_of("one_c.txt").replace("ПлательщикСчет=40702810900000000017", "ПлательщикСчет=4070281")
    statement = only(text)
    assert len(statement.lines) == 2
    assert any("neither side" in each and "31" in each for each in statement.differences)


@pytest.mark.parametrize("amount", ["1,000,00", "abc", "-5.00", "0.00", "", "12.345", "1e5", "NaN"])
def test_what_is_no_amount_is_left_out_and_said(amount: str) -> None:
    statement = only(text_of("one_c.txt").replace("Сумма=12300.55", f"Сумма={amount}"))
    assert len(statement.lines) == 2
    assert any(f"“{amount}” is no amount" in each for each in statement.differences)


def test_camt_053_is_read_with_its_parts() -> None:
    statement = only(text_of("camt.xml"))
    assert (statement.kind, statement.account) == ("camt.053", "DE89370400440532013000")
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("1425.40"))
    assert statement.differences == ()
    assert [(line.direction, line.amount) for line in statement.lines] == [
        ("in", Decimal("150.50")),
        ("in", Decimal("100.00")),
        ("in", Decimal("200.00")),
        ("out", Decimal("25.10")),
    ]
    first, second = statement.lines[:2]
    assert (first.name, first.bank_account) == ("Blumen Lilie GmbH", "DE44500105175407324931")
    assert (first.tax_number, first.purpose) == ("DE136695976", "Invoice INV-2026-00018")
    assert second.references == ("RF18539007547034",)


def test_an_entry_of_camt_whose_details_do_not_add_up_stays_one_line() -> None:
    statement = only(text_of("camt.xml").replace(">200.00<", ">190.00<"))
    assert [line.amount for line in statement.lines] == [
        Decimal("150.50"),
        Decimal("300.00"),
        Decimal("25.10"),
    ]
    assert any("do not add up to 300.00" in each for each in statement.differences)


def test_sums_of_camt_that_differ_are_said() -> None:
    statement = only(text_of("camt.xml").replace("<Sum>450.50</Sum>", "<Sum>451.00</Sum>"))
    assert statement.differences == ("Received: the bank says 451.00, the lines add up to 450.50 (-0.50).",)


def test_what_is_only_announced_is_left_out_and_said() -> None:
    statement = only(text_of("camt.xml").replace("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>", 1))
    assert len(statement.lines) == 3
    assert any("not booked yet" in each for each in statement.differences)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_mt940_is_read_in_any_encoding(encoding: str) -> None:
    text = text_of("mt940.sta").replace("Lilie", "Blüte")
    statement = only(text.encode(encoding))
    assert (statement.kind, statement.currency, statement.number) == ("mt940", "EUR", "00221/001")
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("1125.40"))
    assert statement.differences == ()
    came, went = statement.lines
    assert (came.amount, came.on, came.name) == (Decimal("150.50"), date(2026, 11, 18), "Blumen Blüte GmbH")
    assert (came.bank_account, came.purpose) == ("DE44500105175407324931", "Rechnung INV-2026-00018")
    assert (went.direction, went.amount, went.purpose) == ("out", Decimal("25.10"), "Fees of November")


def test_a_balance_of_mt940_that_differs_is_said() -> None:
    (said,) = only(text_of("mt940.sta").replace("1125,40", "1125,41")).differences
    assert said.startswith("Balance: 1000.00")
    assert said.endswith("(-0.01).")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_table_is_read_where_only_one_reading_is_possible(encoding: str) -> None:
    statement = only(text_of("table.csv").encode(encoding), account="40702810900000000017", currency="RUB")
    assert [(line.direction, line.amount) for line in statement.lines] == [
        ("in", Decimal("72000.00")),
        ("out", Decimal("15000.00")),
    ]
    first = statement.lines[0]
    assert (first.name, first.tax_number, first.number) == ('ООО "Лилия"', "7701234560", "412")
    assert (statement.account, statement.differences) == ("40702810900000000017", ())


@pytest.mark.parametrize("day", ["01/02/2026", "05-06-2026"])
def test_a_table_with_two_readings_asks_a_person(day: str) -> None:
    with pytest.raises(Refused, match="It is not certain"):
        read(f"Date,Amount,Description\n{day},10.00,x\n{day},11.50,y\n".encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \r\n\x00", "The file is empty."),
        (b"PK\x03\x04rest", "XLSX"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02\x03", "bytes that no letter has"),
        (b"hello", "no statement"),
        (b"1CClientBankExchange\r\n", "no account of ours"),
        (b"<Document><BkToCstmrStmt>", "no complete XML"),
        (b"<html><body>x</body></html>", "no statement camt.053"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<Document><BkToCstmrStmt/></Document>", "holds no statement"),
        (b"<a>" * 60 + b"</a>" * 60, "nested too deeply"),
        (b"\xff\xfe" + b"a\x00b", "UTF-16"),
        (b"x" * (20 * 2**20 + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", NAMES)
def test_every_document_has_a_key_of_its_own_that_stays(name: str) -> None:
    lines = only(text_of(name)).lines
    keys = [line.key for line in lines]
    assert len(set(keys)) == len(keys)
    assert [line.key for line in only(text_of(name).replace("\n", "\r\n")).lines] == keys


def test_a_document_has_one_key_in_a_longer_and_in_a_shorter_statement() -> None:
    whole = text_of("one_c.txt")
    shorter = re.sub(
        r"СекцияДокумент(?:(?!КонецДокумента).)*КонецДокумента\n", "", whole, count=1, flags=re.S
    )
    assert [line.key for line in only(shorter).lines] == [line.key for line in only(whole).lines[1:]]


def test_two_equal_payments_without_a_number_are_two() -> None:
    text = text_of("mt940.sta").replace("62F:C261118EUR1125,40", "62F:C261118EUR1100,30")
    fee = text[text.index(":61:2611181118D") : text.index(":62F")]
    lines = only(text.replace(fee, fee * 2).replace("//B-3", "")).lines
    assert len({line.key for line in lines}) == len(lines) == 3


amounts = st.decimals("0.01", "9999999999.99", places=2)


@given(amount=amounts)
@settings(max_examples=150, deadline=None)
def test_any_amount_written_with_either_mark_is_read_back(amount: Decimal) -> None:
    grouped = f"{amount:,.2f}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    assert amount_of(f"{amount}") == amount_of(grouped) == amount
    assert amount_of(f"{amount}".replace(".", ","), ",") == amount_of(swapped, ",") == amount
    assert amount_of(grouped.replace(",", "\u00a0")) == amount
    assert amount_of(f"-{amount}") == -amount


@given(text=st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_is_an_amount_and_a_day_or_nothing(text: str) -> None:
    assert amount_of(text) is None or isinstance(amount_of(text, ","), Decimal | None)
    assert all(
        day_of(text, order) is None or isinstance(day_of(text, order), date) for order in ("dmy", "ymd")
    )


@given(came=st.lists(amounts, min_size=1, max_size=6), less=st.sampled_from(["0", "0.01", "-0.01"]))
@settings(max_examples=60, deadline=None)
def test_any_amounts_of_1c_add_up_or_the_difference_is_said(came: list[Decimal], less: str) -> None:
    total = sum(came) + Decimal(less)
    documents = [
        f"СекцияДокумент=Платежное поручение\nНомер={place}\nДата=18.11.2026\nСумма={amount}\n"
        f"ПолучательСчет=40702810900000000017\nКонецДокумента"
        for place, amount in enumerate(came, 1)
    ]
    head = ["1CClientBankExchange", "ВерсияФормата=1.03", "СекцияРасчСчет", "РасчСчет=40702810900000000017"]
    rows = [*head, f"ВсегоПоступило={total}", "КонецРасчСчет", *documents, "КонецФайла"]
    statement = only("\n".join(rows).encode("cp1251"))
    assert [line.amount for line in statement.lines] == came
    assert statement.sum_in == sum(came)
    assert bool(statement.differences) == (less != "0" and total >= 0)


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"", b":20:A\n:25:1\n", b"<Document>", b"1CClientBankExchange\n"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_statement_or_refused(content: bytes, head: bytes) -> None:
    with contextlib.suppress(Refused):
        assert all(isinstance(each, Statement) for each in read(head + content))
