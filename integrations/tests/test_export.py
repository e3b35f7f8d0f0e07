"""Lists leave the house as files: as they stand on the page, by the person's rights, defused and written down."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import ContactPoint, Tag
from accounts.testing import make_account, make_contact, make_custom_field
from billing.testing import make_invoice
from deals.testing import make_deal, make_pipeline
from foundation.models import Event
from foundation.testing import assert_query_count
from integrations.exporting import desk
from integrations.exporting.lists import taken
from integrations.testing import text_of_page
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def lines(client: Client, address: str, **said: str) -> list[str]:
    answer: Any = client.post(f"/export/{address}", {"form": "plain"} | said)
    assert answer.status_code == 200, answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    text: str = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return text.removeprefix("\ufeff").splitlines()


def test_a_head_takes_out_the_deals_of_the_page_in_its_columns_filters_and_order(
    cast: Cast, client_of: ClientOf
) -> None:
    pipeline = make_pipeline()
    for title, amount in (("Small", 10), ("Large", Decimal("1234567.50")), ("Middle", 500)):
        make_deal(title, owner=cast.salesperson, pipeline=pipeline, amount=amount)
    make_deal("Elsewhere", owner=cast.outsider, pipeline=pipeline)
    head = client_of(cast.head)
    found = lines(head, "deals/?columns=amount,owner&sort=-amount&where=all(amount:from:100)")
    assert found[0] == "Deal,Amount,Amount: currency,Owner"
    assert found[1:] == ["Large,1234567.5,USD,Sam Porter", "Middle,500,USD,Sam Porter"]


def test_invoices_come_with_plain_amounts_and_what_credit_notes_take_back(
    cast: Cast, client_of: ClientOf
) -> None:
    client = make_account("Acme", owner=cast.salesperson)
    invoice = make_invoice("1234.50", account=client, dated_on=date(2026, 3, 1))
    note = invoice.credit(reason="Came broken", by=cast.robot, at=timezone.now())
    found = lines(
        client_of(cast.head), "invoices/?columns=client,total,due,due_on,base_total,dated&sort=dated"
    )
    assert found[0].startswith(
        "Invoice,Client,Total,Total: currency,Still due,Still due: currency,Due on,In the"
    )
    assert found[1] == f"{invoice.number},Acme,1234.5,USD,0,USD,,1234.5,2026-03-01"
    assert found[2].startswith(f"{note.number},Acme,-1234.5,USD,0,USD,,-1234.5,")


def test_clients_come_with_all_their_tags_whole_numbers_and_iso_days(cast: Cast, client_of: ClientOf) -> None:
    make_custom_field("area", "number", decimals=1, unit="m2")
    make_custom_field("signed", "date", label="Signed")
    acme = make_account("Acme", owner=cast.head, employees=12000, annual_revenue=Decimal("1500000.25"))
    acme.change(
        {"custom": {"area": Decimal("12.5"), "signed": date(2025, 3, 4)}}, by=cast.head, at=timezone.now()
    )
    tags = [Tag.objects.create(name=name) for name in ("A", "B", "C", "D")]
    acme.label_with(tags, by=cast.head, at=timezone.now())
    columns = "tags,employees,revenue,role,created,custom.area"
    heading, row = lines(client_of(cast.head), f"clients/?columns={columns}")
    assert heading.startswith("Name,Tags,Employees,Annual revenue,Role,Added,")
    name, tagged, employees, revenue, role, created, area = row.split(",")
    assert (name, tagged, employees, revenue, area) == ("Acme", "A; B; C; D", "12000", "1500000.25", "12.5")
    assert role.casefold() == "client"
    assert created.startswith(f"{timezone.localdate():%Y-%m-%d} ")


def test_the_people_at_the_clients_of_the_list_come_with_their_phones(
    cast: Cast, client_of: ClientOf
) -> None:
    acme, other = make_account("Acme", owner=cast.head), make_account("Other", owner=cast.head)
    ada = make_contact(acme, name="Ada", position="Buyer")
    make_contact(other, name="Bob")
    make_contact(make_account("Hidden", owner=cast.outsider), name="Eve")
    for value in ("+12125550100", "+12125550101"):
        ContactPoint.add(acme, contact=ada, kind="phone", value=value, by=cast.head, at=timezone.now())
    found = lines(client_of(cast.head), "contacts/?q=acme")
    assert found == [
        "Client,Full name,Position,Phone,E-mail,Messenger,Note",
        "Acme,Ada,Buyer,'+12125550100; +12125550101,,,",
    ]


def test_a_cell_that_would_run_as_a_formula_is_defused_and_comes_back_as_it_was(
    cast: Cast, client_of: ClientOf
) -> None:
    make_account("=cmd|' /C calc'!A0", owner=cast.head)
    make_account("@SUM(A1)", owner=cast.head)
    found = lines(client_of(cast.head), "clients/?columns=owner&sort=name")
    assert sorted(line.split(",")[0] for line in found[1:]) == ["'=cmd|' /C calc'!A0", "'@SUM(A1)"]


def test_where_the_decimal_mark_is_a_comma_the_file_has_semicolons(cast: Cast, client_of: ClientOf) -> None:
    make_account("Acme", owner=cast.head, annual_revenue=Decimal("10.50"))
    User.objects.filter(pk=cast.head.pk).update(language="ru")
    found = lines(client_of(cast.head), "clients/?columns=revenue", form="local")
    assert found[1] == "Acme;10,5"


def test_an_export_is_written_down_with_its_filter_its_columns_and_how_much_it_was(
    cast: Cast, client_of: ClientOf
) -> None:
    make_account("Acme", owner=cast.head)
    lines(client_of(cast.head), "clients/?columns=owner&q=acme", reason="For the fair")
    event = Event.objects.get(name="list.exported")
    said = event.payload
    assert (said["key"], said["rows"], said["columns"], said["reason"]) == (
        "clients",
        1,
        ["Name", "Owner"],
        "For the fair",
    )
    assert "q=acme" in said["query"]


def test_more_than_a_thousand_rows_need_a_reason_and_too_many_are_refused(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ABC":
        make_account(name, owner=cast.head)
    monkeypatch.setattr(desk, "FREE_ROWS", 2)
    head = client_of(cast.head)
    bad = head.post("/export/clients/", {"form": "plain", "reason": " "})
    assert bad.status_code == 422
    assert "Say what more than 2 rows are taken out for." in text_of_page(bad)
    assert len(lines(head, "clients/", reason="Audit")) == 4
    monkeypatch.setattr(desk, "MOST_ROWS", 2)
    refused = head.post("/export/clients/", {"form": "plain", "reason": "Audit"})
    assert refused.status_code == 422
    assert "at most 2 rows" in text_of_page(refused)
    assert Event.objects.filter(name="list.exported").count() == 1


def test_who_lacks_the_right_takes_nothing_and_sees_no_door(cast: Cast, client_of: ClientOf) -> None:
    sales = client_of(cast.salesperson)
    assert sales.get("/export/clients/").status_code == 403
    assert sales.post("/export/deals/", {"form": "plain"}).status_code == 403
    assert "/export/" not in sales.get("/clients/").content.decode()
    assert "/export/clients/" in client_of(cast.head).get("/clients/").content.decode()
    assert client_of(cast.head).get("/export/shoes/").status_code == 404


def test_a_long_list_is_read_in_pieces_with_no_statement_more(
    cast: Cast, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        make_account(f"Client {number}", owner=cast.head)
    monkeypatch.setattr(desk, "CHUNK", 3)
    wanted = taken("clients", QueryDict("columns=owner,role"), cast.head)
    with django_assert_max_num_queries(12):
        pieces = list(desk.export(wanted, form="plain", reason="", by=cast.head, at=timezone.now()))
    assert len(pieces) == 1 + 3


def test_the_page_says_how_much_it_is_and_a_bad_form_is_told(cast: Cast, client_of: ClientOf) -> None:
    make_account("Acme", owner=cast.head)
    head = client_of(cast.head)
    page = text_of_page(head.get("/export/clients/?columns=owner"))
    assert "1 row: Name, Owner" in page
    assert "The people at these clients instead" in page
    assert head.post("/export/clients/", {"form": "carrier pigeon"}).status_code == 422
    with assert_query_count("export"):
        head.get("/export/clients/")
