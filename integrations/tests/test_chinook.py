"""A shop's real invoices: each equals its lines, their total is known, and the same files again change nothing."""

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from billing.models import Allocation, Instalment, Invoice, InvoiceLine, LegalEntity, Payment
from foundation.models import Event
from integrations.models import ExternalId
from integrations.testing import shared_data

COLUMNS = {
    "accounts": {"CustomerId": "external_id", "Name": "name"},
    "products": {"TrackId": "external_id", "Name": "name", "UnitPrice": "price"},
    "invoices": {
        "InvoiceId": "number",
        "CustomerId": "account_id",
        "InvoiceDate": "dated_on",
        "Total": "total",
    },
    "invoice-lines": {
        "InvoiceLineId": "external_id",
        "InvoiceId": "number",
        "Title": "title",
        "Quantity": "quantity",
        "UnitPrice": "price",
    },
    "payments": {"InvoiceId": "invoice", "InvoiceDate": "received_on", "Total": "amount"},
}


def chinook():
    path = shared_data("invoices_chinook/ChinookData.json")
    return json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)


def tables(data):
    """The tables as another program would write them out; the first fifty invoices were paid."""
    for each in data["Customer"]:
        each["Name"] = each["Company"] or f"{each['FirstName']} {each['LastName']}"
    names = {each["TrackId"]: each["Name"] for each in data["Track"]}
    for each in data["InvoiceLine"]:
        each["Title"] = names[each["TrackId"]]
    return {
        "accounts": data["Customer"],
        "invoices": data["Invoice"],
        "invoice-lines": data["InvoiceLine"],
        "payments": data["Invoice"][:50],
    }


def bring(folder, entity, rows, *options):
    file, mapping, out = folder / f"{entity}.csv", folder / f"{entity}.json", io.StringIO()
    with file.open("w", newline="", encoding="utf-8") as written:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    columns = COLUMNS[entity]
    said = {"columns": columns, "system": "chinook", "date_format": "iso", "decimal_mark": "."}
    said["ignored"] = [name for name in rows[0] if name not in columns]
    if entity != "accounts":
        said["constants"] = {"currency": "USD"}
    mapping.write_text(json.dumps(said))
    call_command("import", entity, str(file), *options, mapping=mapping, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def brought(django_db_setup, django_db_blocker, tmp_path_factory):
    """The files, once for the tests of this file; rolled back after the last."""
    data, folder = chinook(), tmp_path_factory.mktemp("chinook")
    with django_db_blocker.unblock(), transaction.atomic():
        LegalEntity.objects.create(name="Chinook", is_default=True)
        told = {entity: bring(folder, entity, rows) for entity, rows in tables(data).items()}
        connection.check_constraints()
        yield data, folder, told
        transaction.set_rollback(True)


@pytest.fixture
def real(brought, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield brought
        transaction.set_rollback(True)


def test_every_row_comes_in(real):
    _data, _folder, told = real
    assert {entity: (each["read"], each["created"], each["rejected"]) for entity, each in told.items()} == {
        "accounts": (59, 59, 0),
        "invoices": (412, 412, 0),
        "invoice-lines": (2240, 2240, 0),
        "payments": (50, 50, 0),
    }


def test_every_invoice_equals_its_lines_and_all_come_to_the_known_total(real):
    data, _folder, told = real
    assert Invoice.objects.aggregate(total=Sum("total"))["total"] == Decimal("2328.60")
    assert InvoiceLine.objects.aggregate(gross=Sum("gross"))["gross"] == Decimal("2328.60")
    sums = dict(InvoiceLine.objects.values_list("invoice__number").annotate(Sum("gross")))
    assert sums == {str(each["InvoiceId"]): each["Total"] for each in data["Invoice"]}
    assert "differing_totals" not in told["invoice-lines"].get("findings", {})
    assert not Invoice.objects.exclude(total=F("paid") + F("due")).exists()


def test_each_client_owes_what_the_files_say(real):
    data, _folder, _told = real
    wanted = defaultdict(Decimal)
    for each in data["Invoice"][50:]:
        wanted[str(each["CustomerId"])] += each["Total"]
    keys = dict(ExternalId.objects.filter(kind="account").values_list("object_id", "key"))
    owed = Invoice.objects.filter(due__gt=0).values_list("account_id").annotate(Sum("due"))
    assert {keys[account]: due for account, due in owed.order_by()} == dict(wanted)


def test_payments_settle_the_invoices_they_name(real):
    _data, _folder, _told = real
    assert Invoice.objects.filter(state="paid", due=0).count() == 50
    assert Payment.objects.filter(unallocated=0).count() == Allocation.objects.count() == 50
    assert Instalment.objects.filter(is_open=True).count() == 412 - 50
    assert Event.objects.filter(name="invoice.imported").count() == 412


def test_the_same_files_again_change_nothing(real):
    data, folder, _told = real
    for entity, rows in tables(data).items():
        told = bring(folder, entity, rows)
        assert (told["created"], told["updated"], told["unchanged"], told["rejected"]) == (0, 0, len(rows), 0)
    assert (Invoice.objects.count(), InvoiceLine.objects.count(), Payment.objects.count()) == (412, 2240, 50)


def test_lines_that_do_not_come_to_the_total_are_reported_and_the_total_stays(real):
    data, folder, _told = real
    one = dict(data["InvoiceLine"][0], InvoiceLineId=99_999, UnitPrice=Decimal("0.01"))
    told = bring(folder, "invoice-lines", [one])
    assert (told["created"], told["rejected"]) == (0, 1)
    assert "come to its total" in told["problems"][0]["reason"]
    assert Invoice.objects.get(number="1").total == Decimal("1.98")


def test_a_look_at_the_files_says_the_same_and_writes_nothing(db, tmp_path):
    LegalEntity.objects.create(name="Chinook", is_default=True)
    rows = tables(chinook())
    bring(tmp_path, "accounts", rows["accounts"])
    told = bring(tmp_path, "invoices", rows["invoices"], "--dry-run")
    assert (told["read"], told["created"], told["rejected"]) == (412, 412, 0)
    told = bring(tmp_path, "invoice-lines", rows["invoice-lines"], "--dry-run")
    assert (told["created"], told["findings"]["without_client"]["count"]) == (0, 2240)
    assert not Invoice.objects.exists()
