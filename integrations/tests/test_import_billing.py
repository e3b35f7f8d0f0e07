"""Invoices, lines and payments of files with faults: credits, no client, doubles, no totals. Nothing is guessed."""

import io
import json
from contextlib import suppress
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.testing import make_account
from billing.models import Allocation, Instalment, Invoice, InvoiceLine, LegalEntity, Payment
from catalog.models import Product
from catalog.testing import make_list, make_product
from changes import undoing
from changes.models import ChangeSet
from foundation.errors import Refused
from integrations import desk
from integrations.importing import import_table
from integrations.mapping import Mapping, mapping_from
from integrations.models import ExternalId
from integrations.tables import read_table
from integrations.tests.test_import_pages import brought, storage, text_of

__all__ = ["storage"]
pytestmark = pytest.mark.django_db
RETAIL = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,Hanging heart,6,2010-12-01,2.55,17850,United Kingdom
536365,71053,White lantern,6,2010-12-01,3.39,17850,United Kingdom
536366,22633,Hand warmer,6,2010-12-01,1.85,17850,United Kingdom
536366,22633,Hand warmer,6,2010-12-01,1.85,17850,United Kingdom
536414,22139,,56,2010-12-01,0,,United Kingdom
C536379,D,Discount,-1,2010-12-01,27.50,17850,United Kingdom
536367,84879,Bird ornament,32,2010-12-01,oops,17850,United Kingdom
536367,84880,Bird ornament 2,32,2010-12-01,1.00,17850,United Kingdom
536544,21773,Rose bottle,1,2010-12-01,2.51,,United Kingdom
"""
LINES = {
    "columns": {
        "InvoiceNo": "number",
        "Description": "title",
        "Quantity": "quantity",
        "InvoiceDate": "dated_on",
        "UnitPrice": "price",
        "CustomerID": "account_id",
    },
    "ignored": ["StockCode", "Country"],
    "constants": {"currency": "GBP"},
    "decimal_mark": ".",
    "system": "shop",
}


@pytest.fixture
def bring(tmp_path):
    def imported(entity, text, *, by=None, dry_run=False, **mapping):
        file, said, out = tmp_path / "table.csv", tmp_path / "mapping.json", io.StringIO()
        file.write_text(text)
        said.write_text(json.dumps(mapping))
        call_command("import", entity, str(file), mapping=said, email=by, dry_run=dry_run, stdout=out)
        return json.loads(out.getvalue())

    return imported


@pytest.fixture
def ours(cast, settings):
    settings.BASE_CURRENCY = "GBP"
    return LegalEntity.objects.create(name="Ours", is_default=True)


@pytest.fixture
def acme(cast, ours):
    account = make_account("Acme", owner=cast.salesperson)
    ExternalId.objects.create(system="shop", kind="account", key="17850", object_id=account.pk)
    return account


def counters(found):
    return tuple(found[name] for name in ("read", "created", "updated", "unchanged", "rejected"))


def counts(found):
    return {name: each["count"] for name, each in found.get("findings", {}).items()}


def test_lines_tell_their_invoices_and_every_fault_is_reported_with_its_rows(acme, bring):
    found = bring("invoice-lines", RETAIL, **LINES)
    assert counters(found) == (9, 3, 0, 0, 6)
    assert counts(found) == {
        "credits": 1,
        "duplicates": 1,
        "without_client": 1,
        "missing_totals": 2,
        "without_due_day": 2,
    }
    assert found["findings"]["credits"]["rows"] == [7]
    assert found["findings"]["duplicates"]["rows"] == [5]
    assert found["findings"]["without_client"]["rows"] == [10]
    reasons = {problem["row"]: problem["reason"] for problem in found["problems"]}
    assert set(reasons) == {5, 6, 7, 8, 9, 10}
    assert "Another row of the same invoice" in reasons[9]
    assert dict(Invoice.objects.values_list("number", "total")) == {
        "536365": Decimal("35.64"),
        "536366": Decimal("11.10"),
    }
    assert any("Credits" in each and "7" in each for each in found["warnings"])


def test_the_same_lines_again_change_nothing_and_report_the_same(acme, bring):
    first = bring("invoice-lines", RETAIL, **LINES)
    again = bring("invoice-lines", RETAIL, **LINES)
    assert counters(again) == (9, 0, 0, 3, 6)
    assert counts(again)["duplicates"] == counts(first)["duplicates"]
    assert (Invoice.objects.count(), InvoiceLine.objects.count()) == (2, 3)


def test_credits_become_credit_notes_only_where_the_mapping_says_so(acme, bring):
    said = LINES | {"constants": {"currency": "GBP", "credits": "credit notes"}}
    found = bring("invoice-lines", RETAIL, **said)
    assert counts(found)["credits"] == 1
    note = Invoice.objects.get(kind="credit_note")
    assert (note.number, note.total, note.due, note.corrects) == (
        "C536379",
        Decimal("27.50"),
        Decimal("27.50"),
        None,
    )
    assert not Instalment.objects.filter(invoice=note).exists()


def test_a_look_writes_nothing_and_says_the_same(acme, bring):
    looked = bring("invoice-lines", RETAIL, dry_run=True, **LINES)
    assert not Invoice.objects.exists()
    done = bring("invoice-lines", RETAIL, **LINES)
    assert counters(looked) == counters(done)
    assert counts(looked) == counts(done)


def test_an_import_that_dies_in_the_middle_leaves_nothing_and_the_next_one_brings_all_once(acme, tmp_path):
    file = tmp_path / "lines.csv"
    rows = [f"{number},Rose {line},1,2010-12-01,2.00,17850" for number in range(700) for line in range(3)]
    file.write_text("InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n" + "\n".join(rows))
    mapping = mapping_from({**LINES, "ignored": []})
    told = []

    def die(read):
        told.append(Invoice.objects.count())
        if told[-1]:
            raise KeyboardInterrupt

    from users.models import User

    how = {"by": User.objects.robot(), "at": timezone.now()}
    with pytest.raises(KeyboardInterrupt):
        import_table(read_table(file), mapping, "invoice-lines", progress=die, **how)
    assert told[-1] == 500
    assert not Invoice.objects.exists()
    assert not ExternalId.objects.filter(kind="invoice").exists()
    found = import_table(read_table(file), mapping, "invoice-lines", **how).outcome
    assert (found.created, Invoice.objects.count(), InvoiceLine.objects.count()) == (2100, 700, 2100)


def test_rows_of_one_invoice_may_stand_apart_and_must_agree(acme, bring):
    text = (
        "Number,What,Quantity,Price,Date,Client\n"
        "1,Roses,1,2,2024-01-01,Acme\n2,Tulips,1,2,2024-01-01,Acme\n1,Lilies,1,3,2024-01-01,Acme\n"
        "2,Asters,1,2,2024-01-02,Acme\n3,Roses,1,2,,Acme\n"
    )
    found = bring("invoice-lines", text)
    assert counters(found) == (5, 2, 0, 0, 3)
    assert Invoice.objects.get().total == 5
    assert {each["reason"] for each in found["problems"]} == {
        "The rows of this invoice differ in “Date”.",
        "No date is given.",
    }


def test_taxes_are_read_as_the_file_says_and_never_guessed(acme, bring):
    text = "Number,What,Quantity,Price,Date,Client,Tax %\n1,Roses,2,12.00,2024-01-01,Acme,20\n"
    columns = {"Tax %": "tax_rate"}
    with pytest.raises(SystemExit):
        bring("invoice-lines", text, columns=columns)
    bring("invoice-lines", text, columns=columns, constants={"tax_mode": "included"})
    line = InvoiceLine.objects.get()
    assert (line.net, line.tax, line.gross) == (Decimal("20.00"), Decimal("4.00"), Decimal("24.00"))
    assert (line.invoice.net, line.invoice.tax, line.invoice.total) == (20, 4, 24)


def test_a_given_total_is_kept_and_lines_that_differ_are_reported(acme, bring):
    header = "Number,Date,Total,Client\n7,2024-01-01,100,Acme\n"
    assert counters(bring("invoices", header)) == (1, 1, 0, 0, 0)
    found = bring("invoice-lines", "Number,What,Quantity,Price\n7,Roses,3,30\n")
    assert (found["created"], found["findings"]["differing_totals"]["which"]) == (
        1,
        [{"number": "7", "total": "100", "lines": "90"}],
    )
    assert Invoice.objects.get().total == 100
    assert counters(bring("invoice-lines", "Number,What,Quantity,Price\n7,Tulips,1,10\n")) == (1, 1, 0, 0, 0)
    refused = bring("invoice-lines", "Number,What,Quantity,Price\n7,Asters,1,10\n")
    assert "come to its total" in refused["problems"][0]["reason"]


HEADERS = """Number,Date,Due on,Total,Client,State,Paid on,Kind
1,2024-01-01,2024-01-15,100,Acme,paid,2024-01-10,
2,2024-01-02,2024-01-16,50,Acme,written off,,
3,2024-01-03,,30,Acme,,,
4,2024-01-04,,,Acme,,,
5,2024-01-05,,-10,Acme,,,
6,2024-01-06,,-10,Acme,,,credit note
7,2024-01-07,,10,,,,
8,2024-01-08,,10,Nobody,,,
9,2024-01-09,,10,Acme,paid,,
3,2024-01-03,,30,Acme,,,
10,2024-01-09,2024-01-01,10,Acme,,,
"""


def test_invoices_come_with_their_numbers_days_and_states(acme, bring, cast):
    found = bring("invoices", HEADERS)
    assert counters(found) == (11, 4, 0, 0, 7)
    assert counts(found) == {
        "missing_totals": 1,
        "credits": 2,
        "duplicates": 1,
        "without_client": 1,
        "without_due_day": 2,
    }
    states = dict(Invoice.objects.values_list("number", "state"))
    assert states == {"1": "paid", "2": "written_off", "3": "issued", "6": "issued"}
    paid = Invoice.objects.get(number="1")
    assert (paid.owner, paid.due, paid.settled_at.date().isoformat()) == (cast.salesperson, 0, "2024-01-10")
    assert Payment.objects.get().amount == 100
    assert sorted(Allocation.objects.values_list("kind", "amount")) == [("payment", 100), ("write_off", 50)]
    assert Instalment.objects.get(is_open=True).invoice.number == "3"


def test_an_issued_invoice_is_not_changed_by_a_file(acme, bring):
    bring("invoices", "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n")
    found = bring("invoices", "Number,Date,Total,Client\n1,2024-01-01,101,Acme\n")
    assert counters(found) == (1, 0, 0, 0, 1)
    assert "an issued invoice is not changed" in found["problems"][0]["reason"]


def test_people_bring_invoices_of_clients_they_may_issue_for(acme, bring, cast):
    make_account("Bloom", owner=cast.outsider)
    text = "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n2,2024-01-01,100,Bloom\n"
    found = bring("invoices", text, by=cast.head.email)
    assert counters(found) == (2, 1, 0, 0, 1)
    assert Invoice.objects.get().created_by == cast.head
    lines = (
        "Number,What,Quantity,Price,Date,Client\n3,Roses,1,2,2024-01-01,Bloom\n4,Roses,1,2,2024-01-01,Acme\n"
    )
    assert counters(bring("invoice-lines", lines, by=cast.head.email)) == (2, 1, 0, 0, 1)
    money = "Day,Amount,Client\n2024-01-01,5,Acme\n"
    refused = bring("payments", money, by=cast.head.email)
    assert "You lack the right" in refused["problems"][0]["reason"]


def test_a_number_that_somebody_else_has_is_not_given_again(acme, bring, cast):
    bring("invoices", "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n")
    Invoice.objects.update(team_ids=[cast.outsider.pk], owner=cast.outsider)
    for entity, text in (
        ("invoices", "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n"),
        ("invoice-lines", "Number,What,Quantity,Price,Date,Client\n1,Roses,1,2,2024-01-01,Acme\n"),
    ):
        found = bring(entity, text, by=cast.head.email)
        assert [each["reason"] for each in found["problems"]] == ["The number is in use already."]


def test_payments_settle_the_invoice_they_name_and_the_rest_is_the_clients(acme, bring):
    bring("invoices", "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n2,2024-01-01,70,Acme\n")
    text = (
        "Day,Amount,Invoice,Client,Reference\n2024-02-01,60,1,,a\n2024-02-02,90,2,Acme,b\n2024-02-03,5,,,c\n"
        "2024-02-04,-5,,Acme,d\n2024-02-05,5,99,Acme,e\n2024-02-03,5,,,c\n"
    )
    found = bring("payments", text)
    assert counters(found) == (6, 3, 0, 0, 3)
    assert counts(found) == {"surplus": 1, "without_client": 2, "credits": 1, "duplicates": 1}
    assert dict(Invoice.objects.values_list("number", "due")) == {"1": 40, "2": 0}
    assert sorted(Payment.objects.values_list("amount", "unallocated")) == [(5, 5), (60, 0), (90, 20)]
    assert counters(bring("payments", text)) == (6, 0, 0, 3, 3)


def test_prices_change_products_that_are_here_and_make_none(cast, bring):
    rose = Product.create(name="Rose", price=Decimal(2), by=cast.admin, at=timezone.now())
    found = bring("prices", "Product,Price\nROSE,2.50\nTulip,3\nRose,4\n")
    assert counters(found) == (3, 0, 1, 0, 2)
    rose.refresh_from_db()
    assert (rose.price, Product.objects.count()) == (Decimal("2.50"), 1)
    assert found["unknown"][0]["name"] == "Tulip"


def test_an_import_of_invoices_cannot_be_taken_back_by_undoing_it(acme, bring, cast):
    bring("invoices", "Number,Date,Total,Client\n1,2024-01-01,100,Acme\n")
    made = ChangeSet.objects.latest("pk")
    with suppress(Refused):
        undoing.undo(made, by=cast.admin, at=timezone.now())
    assert Invoice.objects.get().number == "1"
    assert Instalment.objects.get().amount == 100


def test_a_worker_brings_what_another_left_and_the_page_says_what_was_found(acme, cast, client_of):
    admin = client_of(cast.admin)
    text = "Number,What,Quantity,Price,Date,Client\n1,Roses,1,2,2024-01-01,Acme\n2,Asters,1,2,2024-01-01,\n"
    job = brought(admin, text, name="lines.csv", entity="invoice-lines")
    assert "Without a client" in text_of(admin.get(f"/import/{job.pk}/"))
    admin.post(f"/import/{job.pk}/run/")
    assert job.start(by=cast.admin, at=timezone.now())  # a worker that died at once
    assert desk.run_due() == 1
    assert desk.run_due() == 0
    page = text_of(admin.get(f"/import/{job.pk}/result/"))
    assert "Without a client" in page
    assert "Without a total" in page
    assert Invoice.objects.get().total == 2


def test_people_without_the_right_to_issue_are_offered_no_invoices(acme, cast, client_of):
    page = client_of(cast.head).get("/import/").content.decode()
    assert 'value="invoices"' in page
    assert client_of(cast.support).get("/import/template/invoices/").status_code == 403


def test_a_mapping_without_a_number_is_refused(bring, ours):
    with pytest.raises(SystemExit):
        bring("invoice-lines", "What,Quantity\nRoses,1\n")
    assert Mapping().filled_fields() == set()


def test_prices_go_into_the_lists_their_rows_name_and_the_plain_price_stays(cast, bring):
    rose, retail = make_product("Rose", 10), make_list("Retail")
    file = (
        "Product,Price,Price list,From the quantity\n"
        "Rose,9,retail,\nrose,8.1250,Retail,10\nRose,7,Wholesale,\nTulip,3,Retail,\nRose,8,Retail,10\nRose,6,,5\n"
    )
    found = bring("prices", file)
    assert counters(found) == (6, 0, 2, 0, 4)
    own = retail.prices.order_by("from_quantity").values_list("from_quantity", "price")
    assert list(own) == [(0, 9), (10, Decimal("8.125"))]
    rose.refresh_from_db()
    assert rose.price == 10
    again = bring(
        "prices", "Product,Price,Price list,From the quantity\nRose,9,retail,\nRose,8.1250,Retail,10\n"
    )
    assert counters(again) == (2, 0, 0, 2, 0)


def test_a_batch_of_list_prices_takes_as_many_statements_as_one(cast, bring, django_assert_max_num_queries):
    make_list("Retail")
    for number in range(60):
        make_product(f"Rose {number}", 10)
    rows = "".join(f"Rose {number},{number + 1},Retail\n" for number in range(60))
    with django_assert_max_num_queries(220):
        found = bring("prices", f"Product,Price,Price list\n{rows}")
    assert counters(found) == (60, 0, 60, 0, 0)
