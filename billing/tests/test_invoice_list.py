"""The list of invoices: who sees which, what finds them, what they come to, and how many statements that takes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.models import Invoice, InvoiceState
from billing.testing import make_draft, make_invoice, make_legal_entity, make_rate, pay
from foundation.clock import company_day
from foundation.testing import assert_query_count
from lists.models import SavedView
from lists.operations import rows_of

LIST = "/billing/"


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme Florists", owner=cast.salesperson)


def today():
    return company_day(timezone.now())


def text_of(answer):
    return answer.content.decode()


def listed(browser, query=""):
    """Names of the invoices on the page."""
    rows = browser.get(f"{LIST}?{query}").context["page"].rows
    return [row.title for row in rows]


def test_everybody_sees_their_own_and_the_outsider_none(cast, client, client_of):
    make_invoice(120, account=client)
    for person in (cast.salesperson, cast.head, cast.accountant, cast.admin):
        text = text_of(client_of(person).get(LIST))
        assert "Acme Florists" in text, person
        assert "120.00" in text, person
    text = text_of(client_of(cast.outsider).get(LIST))
    assert "Acme" not in text
    assert "No invoices yet" in text
    assert client_of(cast.support).get(LIST).status_code == 403


def test_a_number_a_client_and_an_id_find_an_invoice(cast, client, client_of):
    invoice = make_invoice(120, account=client)
    make_invoice(80, account=make_account("Bolt", owner=cast.salesperson))
    browser = client_of(cast.salesperson)
    assert listed(browser, "q=acme") == [invoice.number]
    assert listed(browser, f"q={invoice.number}") == [invoice.number]
    assert listed(browser, f"q=ID{invoice.pk}") == [invoice.number]
    assert "No invoice matches" in text_of(browser.get(f"{LIST}?q=nobody"))


def test_filters_find_states_currencies_days_and_what_is_overdue(cast, client, client_of):
    make_rate("EUR", "1.10")
    before = timezone.now() - timedelta(days=40)
    late = make_invoice(120, account=client, at=before)
    fresh = make_invoice(80, account=client, currency="EUR")
    draft = make_draft(10, account=client)
    paid = make_invoice(55, account=client)
    pay(paid, 55)
    browser = client_of(cast.salesperson)
    assert listed(browser, "overdue=1") == [late.number]
    assert set(listed(browser, "unpaid=1")) == {late.number, fresh.number}
    assert listed(browser, "drafts=1") == [f"Draft {draft.pk}"]
    assert listed(browser, "currency=EUR") == [fresh.number]
    assert listed(browser, "state=paid") == [paid.number]
    assert listed(browser, f"dated_to={(today() - timedelta(days=20)).isoformat()}") == [late.number]
    assert listed(browser, "total_from=100") == [late.number]
    assert listed(browser, f"own={late.legal_entity_id}&owner={cast.salesperson.pk}&kind=credit_note") == []
    assert listed(browser, f"account={client.pk}&sort=-due")[0] in {late.number, fresh.number}


def test_a_discarded_draft_is_there_only_when_it_is_asked_for(cast, client, client_of):
    draft = make_draft(10, account=client)
    draft.discard(by=cast.salesperson, at=timezone.now())
    browser = client_of(cast.salesperson)
    assert listed(browser) == []
    assert listed(browser, "state=discarded") == [f"Draft {draft.pk}"]


def test_sums_stand_in_each_currency_and_a_credit_note_takes_back(cast, client, client_of):
    make_rate("EUR", "1.10")
    invoice = make_invoice(100, account=client)
    make_invoice(80, account=client, currency="EUR")
    invoice.credit(reason="Came broken", by=cast.robot, at=timezone.now())
    make_invoice(40, account=client)
    answer = client_of(cast.accountant).get(LIST)
    said = {title: [text for _css, text in cells if text] for title, cells in answer.context["sums"]}
    assert said["Together in USD"] == ["40.00\xa0USD"] * 2
    assert said["Together in EUR"] == ["80.00\xa0EUR"] * 2
    assert "4 invoices" in text_of(answer)
    exact = text_of(client_of(cast.accountant).get(reverse("billing:exactly")))
    assert "40.00" in exact


def test_what_cannot_be_read_is_said_and_finds_nothing(cast, client, client_of):
    make_invoice(100, account=client)
    browser = client_of(cast.salesperson)
    answer = browser.get(f"{LIST}?where=all(nonsense")
    assert answer.status_code == 422
    assert "100.00" not in text_of(answer)
    assert "State:" in text_of(browser.get(f"{LIST}?state=lost"))


def test_conditions_groups_columns_and_saved_views_work_as_elsewhere(cast, client, client_of):
    invoice = make_invoice(100, account=client)
    make_draft(10, account=client)
    browser = client_of(cast.salesperson)
    assert listed(browser, "where=all(total:from:50)") == [invoice.number]
    assert listed(browser, "where=all(client.name:has:acme;state:in:issued)") == [invoice.number]
    grouped = browser.get(f"{LIST}?group=state&view=all")
    assert [group.count for group in grouped.context["groups"]] == ["1", "1"]
    for group in ("owner", "own", "month"):
        assert browser.get(f"{LIST}?group={group}&view=all").status_code == 200
    every = ",".join(each for each in ("number", "client", "state", "total", "due", "due_on", "dated", "issued",
                                       "owner", "own", "net", "tax", "paid", "base_total", "currency", "kind",
                                       "deal", "key"))  # fmt: skip
    assert "Romashka LLC" in text_of(browser.get(f"{LIST}?columns={every}"))
    view = SavedView.create(
        list="invoices", name="Large", query="total_from=50", by=cast.salesperson, at=timezone.now()
    )
    assert [each.pk for each in rows_of(view, cast.salesperson)] == [invoice.pk]
    assert not rows_of(view, cast.outsider).exists()


def test_the_list_of_clients_is_asked_about_invoices(cast, client, client_of):
    make_invoice(100, account=client)
    make_account("Bolt", owner=cast.salesperson)
    text = text_of(client_of(cast.salesperson).get("/clients/?where=all(invoices:has:unpaid)"))
    assert "Acme Florists" in text
    assert "Bolt" not in text


def test_pages_of_the_list_go_on_where_the_last_ended(cast, client, client_of):
    for number in range(55):
        make_draft(number + 1, account=client, dated_on=date(2026, 1, 1) + timedelta(days=number % 7))
    browser = client_of(cast.salesperson)
    first = browser.get(LIST)
    second = browser.get(f"{LIST}?{first.context['links']['next']}")
    names = [row.title for page in (first, second) for row in page.context["page"].rows]
    assert len(names) == len(set(names)) == 55
    assert Invoice.objects.filter(state=InvoiceState.DRAFT).count() == 55
    assert second.context["links"]["previous"]


def test_statements_of_the_list(cast, client, client_of):
    for number in range(60):
        make_draft(number + 1, account=client)
    browser = client_of(cast.salesperson)
    with assert_query_count("invoices"):
        answer = browser.get(LIST)
    assert answer.content.count(b"<tr id=") == 50
    with assert_query_count("invoices filtered"):
        browser.get(f"{LIST}?q=acme&state=draft&account={client.pk}&sort=-total")
    with assert_query_count("invoices exactly"):
        browser.get(reverse("billing:exactly"))
    assert Decimal(len(answer.content)) < 80 * 1024
