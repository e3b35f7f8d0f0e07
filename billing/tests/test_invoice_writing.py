"""An invoice is written: begun, its lines put, its header and schedule changed; nothing that was typed is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.testing import make_account, make_contact
from billing.line_forms import MOST_LINES
from billing.models import Invoice
from billing.testing import line, make_draft, make_invoice, make_legal_entity
from billing.typed import parsed_number
from catalog.models import TaxRate
from catalog.testing import make_product
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count

D = Decimal


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme Florists", owner=cast.salesperson)


def door(name, *args):
    return reverse(f"billing:{name}", args=args)


def sent(invoice, *rows, **more):
    """The editor's form: a dict of fields for each row."""
    data = {"version": invoice.version, "line-TOTAL_FORMS": len(rows), "line-INITIAL_FORMS": 0, **more}
    for place, row in enumerate(rows):
        data |= {f"line-{place}-{name}": value for name, value in row.items()}
    return data


def kept(invoice):
    invoice.refresh_from_db()
    lines = invoice.lines.order_by("position")
    return [(each.title, each.quantity.normalize(), each.price.normalize()) for each in lines]


# --- begun


def test_an_invoice_begins_with_its_client_and_goes_on_with_its_lines(cast, client, client_of):
    browser = client_of(cast.salesperson)
    page = browser.get(door("new") + f"?account={client.pk}")
    assert b'value="Acme Florists"' in page.content
    said = {"client": "acme florists", "tax_mode": "included", "payment_days": 7, "currency": "usd"}
    answer = browser.post(door("new"), said)
    invoice = Invoice.objects.get()
    assert answer.url == door("lines", invoice.pk)
    assert (invoice.account, invoice.currency, invoice.tax_mode, invoice.payment_days, invoice.owner) == (
        client, "USD", "included", 7, cast.salesperson,
    )  # fmt: skip


def test_a_form_sent_twice_begins_one_invoice(cast, client, client_of):
    browser = client_of(cast.salesperson)
    said = {"client": "Acme Florists", "tax_mode": "on_top", "payment_days": 7,
            "nonce": "6f6e1f34-55f3-4f35-8f0e-4c9ab1f3f0aa"}  # fmt: skip
    first, second = browser.post(door("new"), said), browser.post(door("new"), said)
    assert first.url == second.url
    assert Invoice.objects.count() == 1


def test_a_client_nobody_knows_is_asked_for_again_with_what_was_typed(cast, client, client_of):
    make_account("Acme Seeds", owner=cast.salesperson)
    browser = client_of(cast.salesperson)
    answer = browser.post(door("new"), {"client": "Acme", "tax_mode": "on_top", "payment_days": 21})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose which client you mean." in text
    assert "Acme Seeds" in text
    assert 'value="21"' in text
    answer = client_of(cast.outsider).post(
        door("new"),
        {"client": "Acme Florists", "account": client.pk, "tax_mode": "on_top", "payment_days": 1},
    )
    assert answer.status_code == 422
    assert not Invoice.objects.exists()


def test_without_an_own_company_the_form_says_whom_to_ask(cast, client_of):
    make_account("Acme", owner=cast.salesperson)
    answer = client_of(cast.salesperson).post(
        door("new"), {"client": "Acme", "tax_mode": "on_top", "payment_days": 21}
    )
    assert answer.status_code == 422
    assert "no own company" in answer.content.decode()


def test_a_deal_is_invoiced_in_one_press(cast, client, client_of):
    deal = make_deal("Wedding", owner=cast.salesperson, account=client, pipeline=make_pipeline(), amount=300)
    product = make_product("Roses", 20)
    deal.add_line(product, D(3), by=cast.salesperson, at=timezone.now())
    browser = client_of(cast.salesperson)
    page = browser.get(deal.get_absolute_url()).content.decode()
    assert door("of_deal", deal.pk) in page
    browser.post(door("of_deal", deal.pk))
    invoice = Invoice.objects.get()
    assert (invoice.deal, invoice.account, kept(invoice)) == (deal, client, [("Roses", D(3), D(20))])
    assert "Draft" in browser.get(deal.get_absolute_url()).content.decode()
    assert client_of(cast.outsider).post(door("of_deal", deal.pk)).status_code == 404
    assert client_of(cast.support).get(door("of_deal", deal.pk)).status_code == 403


# --- lines


def test_lines_are_put_in_their_order_and_rows_that_say_nothing_are_none(cast, client, client_of):
    invoice = make_draft(10, account=client)
    old = invoice.lines.get()
    product = make_product("Roses", 20)
    browser = client_of(cast.salesperson)
    answer = browser.post(
        door("lines", invoice.pk),
        sent(
            invoice,
            {"line_id": old.pk, "title": old.title, "quantity": "2", "price": "10", "ORDER": "3"},
            {"product": product.pk, "title": "Roses, red", "quantity": "1.125", "ORDER": "1"},
            {"title": "", "quantity": "", "ORDER": ""},
            {"title": "Ribbon", "price": "0.5", "ORDER": "2"},
        ),
    )
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == invoice.get_absolute_url()
    assert kept(invoice) == [
        ("Roses, red", D("1.125"), D(20)),
        ("Ribbon", D(1), D("0.5")),
        ("Delivery", D(2), D(10)),
    ]
    assert invoice.lines.filter(pk=old.pk).exists()
    assert invoice.total == D("43")
    taken = {"line_id": old.pk, "title": old.title, "price": "10", "DELETE": "on"}
    stay = browser.post(
        door("lines", invoice.pk), sent(invoice, taken, {"title": "Vase", "price": "5"}, stay="1")
    )
    assert stay.url == door("lines", invoice.pk)
    assert kept(invoice) == [("Vase", D(1), D(5))]


def test_a_product_is_found_by_its_whole_name_or_article_number(cast, client, client_of):
    invoice = make_draft(10, account=client)
    make_product("Roses", 20, code="R-1")
    make_product("Roses, white", 25)
    browser = client_of(cast.salesperson)
    browser.post(
        door("lines", invoice.pk), sent(invoice, {"title": "r-1"}, {"title": "ROSES", "quantity": "2"})
    )
    assert [each.product.name for each in invoice.lines.all()] == ["Roses", "Roses"]
    invoice.refresh_from_db()
    answer = browser.post(door("lines", invoice.pk), sent(invoice, {"title": "rose", "quantity": "7"}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose which product you mean" in text
    assert "Roses, white" in text
    assert 'value="7"' in text
    nothing = browser.post(door("lines", invoice.pk), sent(invoice, {"title": "Tulips"}))
    assert "say its price" in nothing.content.decode()


def test_what_cannot_be_read_is_said_beside_it_and_nothing_is_lost(cast, client, client_of):
    invoice = make_draft(10, account=client)
    browser = client_of(cast.salesperson)
    rows = {"title": "Vase", "price": "abc", "quantity": "0.0001"}, {"title": "Ribbon", "price": "5"}
    answer = browser.post(door("lines", invoice.pk), sent(invoice, *rows))
    text = answer.content.decode()
    assert answer.status_code == 422
    for said in ("Vase", "abc", "0.0001", "Ribbon", "Look at line 1.", "At most 3 decimals."):
        assert said in text, said
    assert kept(invoice) == [("Delivery", D(1), D(10))]
    refused = browser.post(
        door("lines", invoice.pk), sent(invoice, {"title": "Vase", "price": "5", "quantity": "0"})
    )
    assert refused.status_code == 422
    assert "more than nothing" in refused.content.decode()


def test_prices_by_hand_are_for_those_who_may(cast, client, client_of):
    product = make_product("Roses", 20)
    invoice = make_draft(10, account=client)
    row = {"product": product.pk, "title": "Roses", "price": "15", "reason": "Old friend"}
    refused = client_of(cast.salesperson).post(door("lines", invoice.pk), sent(invoice, row))
    assert refused.status_code == 422
    assert "You may not set prices" in refused.content.decode()
    assert client_of(cast.head).post(door("lines", invoice.pk), sent(invoice, row)).status_code == 302
    assert invoice.lines.get().reason == "Old friend"
    discount = {"product": product.pk, "title": "Roses", "percent": "10 %"}
    invoice.refresh_from_db()
    client_of(cast.head).post(door("lines", invoice.pk), sent(invoice, discount))
    assert invoice.lines.get().price == D(18)


def test_somebody_elses_change_is_said_and_ones_own_lines_stay(cast, client, client_of):
    invoice = make_draft(10, account=client)
    browser = client_of(cast.salesperson)
    stale = sent(invoice, {"title": "Mine", "price": "7"})
    invoice.put_lines([line(99, 1, "Theirs")], by=cast.head, at=timezone.now())
    answer = browser.post(door("lines", invoice.pk), stale)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed this invoice meanwhile: 1 line, 99.00" in text
    assert 'value="Mine"' in text
    assert kept(invoice) == [("Theirs", D(1), D(99))]
    again = browser.post(door("lines", invoice.pk), stale | {"version": invoice.version})
    assert again.status_code == 302
    assert kept(invoice) == [("Mine", D(1), D(7))]


def test_the_sums_are_the_servers_and_asking_for_them_writes_nothing(cast, client, client_of):
    rate = TaxRate.objects.create(name="VAT", percent=D(20))
    product = make_product("Roses", 20)
    invoice = make_draft(10, account=client)
    rows = (
        {"product": product.pk, "title": "Roses", "quantity": "3", "tax_rate": rate.pk},
        {"title": "half typed"},
        {"title": "Vase", "price": "5"},
    )
    browser = client_of(cast.head)
    text = browser.post(door("reckon", invoice.pk), sent(invoice, *rows)).content.decode()
    for said in ('id="line-0-gross">72.00', 'id="line-1-gross"></output>', 'id="line-2-gross">5.00', "77.00"):
        assert said in text, said
    assert "Margin" in text
    assert (
        "Margin"
        not in client_of(cast.salesperson)
        .post(door("reckon", invoice.pk), sent(invoice, *rows))
        .content.decode()
    )
    assert kept(invoice) == [("Delivery", D(1), D(10))]
    wrong = browser.post(
        door("reckon", invoice.pk), sent(invoice, {"title": "Vase", "price": "5", "quantity": "0"})
    )
    assert "more than nothing" in wrong.content.decode()


def test_approval_that_would_be_needed_is_said_before_it_is_saved(cast, client, client_of):
    invoice = make_draft(10, account=client)
    invoice.legal_entity.approval_over = D(100)
    invoice.legal_entity.save()
    browser = client_of(cast.salesperson)
    text = browser.post(
        door("reckon", invoice.pk), sent(invoice, {"title": "Vase", "price": "500"})
    ).content.decode()
    assert "Somebody has to approve it" in text


def test_products_are_offered_by_letters(cast, client_of):
    make_product("Roses, red", 20, code="R-1")
    make_product("Tulips", 3, is_active=True)
    browser = client_of(cast.salesperson)
    text = browser.get(door("products") + "?q=red ro").content.decode()
    assert "Roses, red" in text
    assert "20.00" in text
    assert "Roses" in browser.get(door("products") + "?q=r-1").content.decode()
    assert "a line of your own" in browser.get(door("products") + "?q=zzz").content.decode()
    assert "Roses" not in browser.get(door("products") + "?q=").content.decode()


def test_an_issued_invoice_has_no_editor(cast, client, client_of):
    invoice = make_invoice(10, account=client)
    browser = client_of(cast.salesperson)
    for name in ("lines", "edit", "instalments"):
        answer = browser.get(door(name, invoice.pk))
        assert answer.status_code in (409, 422), name
        assert "was issued" in answer.content.decode(), name
        assert (
            f'href="{door(name, invoice.pk)}"' not in browser.get(invoice.get_absolute_url()).content.decode()
        )


def test_too_many_lines_for_a_form_are_said(cast, client, client_of):
    invoice = make_draft(account=client, lines=[line(1)] * (MOST_LINES + 1))
    answer = client_of(cast.salesperson).get(door("lines", invoice.pk))
    assert answer.status_code == 422
    assert "by import only" in answer.content.decode()


def test_statements_of_the_editor(cast, client, client_of):
    product = make_product("Roses", 20)
    lines = [line(number, 1, f"Line {number}") for number in range(1, 40)]
    invoice = make_draft(account=client, lines=lines)
    browser = client_of(cast.salesperson)
    with assert_query_count("editor"):
        browser.get(door("lines", invoice.pk))
    rows = [{"title": f"Line {n}", "price": str(n)} for n in range(1, 30)]
    rows += [{"product": product.pk, "title": "Roses", "quantity": str(n)} for n in range(1, 30)]
    with assert_query_count("editor reckons"):
        browser.post(door("reckon", invoice.pk), sent(invoice, *rows))
    with assert_query_count("editor saves"):
        assert browser.post(door("lines", invoice.pk), sent(invoice, *rows)).status_code == 302


# --- header


def header(invoice, **said):
    first = {
        "client": invoice.account.name, "account": invoice.account_id, "legal_entity": invoice.legal_entity_id,
        "currency": invoice.currency, "dated_on": invoice.dated_on.isoformat(), "language": invoice.language,
        "payment_days": invoice.payment_days, "tax_mode": invoice.tax_mode, "tax_rounding": invoice.tax_rounding,
        "promo_code": "", "note": "", "contact": "", "bank_account": "", "version": invoice.version,
    }  # fmt: skip
    return first | said


def test_the_header_is_changed_and_a_discount_is_for_those_who_may(cast, client, client_of):
    invoice = make_draft(100, account=client)
    contact = make_contact(client)
    browser = client_of(cast.salesperson)
    assert b"discount_percent" not in browser.get(door("edit", invoice.pk)).content
    said = header(invoice, note="Thank you", payment_days=30, contact=contact.pk, discount_percent="10")
    assert browser.post(door("edit", invoice.pk), said).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.note, invoice.payment_days, invoice.contact, invoice.discount) == (
        "Thank you",
        30,
        contact,
        0,
    )
    assert b"discount_percent" in client_of(cast.head).get(door("edit", invoice.pk)).content
    client_of(cast.head).post(
        door("edit", invoice.pk), header(invoice, discount_percent="10", contact=contact.pk)
    )
    invoice.refresh_from_db()
    assert (invoice.discount, invoice.total) == (D(10), D(90))


def test_a_header_that_is_wrong_is_asked_for_again_with_what_was_typed(cast, client, client_of):
    invoice = make_draft(100, account=client)
    said = header(invoice, note="Keep me", currency="XXQ", discount_percent="150")
    answer = client_of(cast.head).post(door("edit", invoice.pk), said)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Keep me" in text
    assert "is not a currency code" in text
    assert "Nothing above 100" in text


def test_two_who_change_different_fields_both_have_their_way_and_the_same_field_is_asked(
    cast, client, client_of
):
    invoice = make_draft(100, account=client)
    browser = client_of(cast.salesperson)
    page = browser.get(door("edit", invoice.pk))
    mine = header(invoice, note="Mine", original=page.context["original"])
    invoice.change({"payment_days": 60}, by=cast.head, at=timezone.now())
    assert browser.post(door("edit", invoice.pk), mine).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.note, invoice.payment_days) == ("Mine", 60)
    page = browser.get(door("edit", invoice.pk))
    mine = header(invoice, note="Mine again", original=page.context["original"])
    invoice.change({"note": "Theirs"}, by=cast.head, at=timezone.now())
    answer = browser.post(door("edit", invoice.pk), mine)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "Mine again" in answer.content.decode()


# --- instalments


def scheduled(invoice):
    invoice.refresh_from_db()
    return [(each.due_on, each.amount) for each in invoice.instalments.all()]


def parts(invoice, how, *rows, **said):
    data = {
        "version": invoice.version,
        "how": how,
        "part-TOTAL_FORMS": len(rows),
        "part-INITIAL_FORMS": 0,
        **said,
    }
    for place, (day, share) in enumerate(rows):
        data |= {f"part-{place}-due_on": day, f"part-{place}-share": share}
    return data


def test_a_total_is_paid_in_equal_parts_by_percent_by_hand_or_at_once(cast, client, client_of):
    invoice = make_draft("90000.10", account=client)
    browser, url = client_of(cast.salesperson), door("instalments", invoice.pk)
    assert browser.get(url).status_code == 200
    equal = parts(invoice, "equal", count=3, first_due_on="2026-01-31", months=1)
    assert browser.post(url, equal).status_code == 302
    assert scheduled(invoice) == [
        (date(2026, 1, 31), D("30000.03")), (date(2026, 2, 28), D("30000.03")), (date(2026, 3, 31), D("30000.04"))
    ]  # fmt: skip
    percents = parts(invoice, "percent", ("2026-03-01", "70"), ("2026-02-01", "30 %"), ("", ""))
    assert browser.post(url, percents).status_code == 302
    assert scheduled(invoice) == [(date(2026, 2, 1), D("27000.03")), (date(2026, 3, 1), D("63000.07"))]
    hand = parts(invoice, "hand", ("2026-02-01", "90,000.00"), ("2026-03-01", "0.10"))
    assert browser.post(url, hand).status_code == 302
    assert scheduled(invoice)[1] == (date(2026, 3, 1), D("0.10"))
    assert browser.post(url, parts(invoice, "once")).status_code == 302
    assert scheduled(invoice) == []


def test_parts_that_do_not_come_to_the_total_are_refused_with_what_was_typed(cast, client, client_of):
    invoice = make_draft(100, account=client)
    browser, url = client_of(cast.salesperson), door("instalments", invoice.pk)
    for data, said in (
        (parts(invoice, "hand", ("2026-02-01", "60")), "The instalments come to"),
        (parts(invoice, "percent", ("2026-02-01", "60")), "sum to a hundred"),
        (parts(invoice, "hand", ("", "60")), "Say when it is due."),
        (parts(invoice, "hand"), "Say when how much is due."),
        (parts(invoice, "equal"), "Say this for equal parts."),
    ):
        answer = browser.post(url, data)
        assert answer.status_code == 422, said
        assert said in answer.content.decode()
    assert 'value="60"' in browser.post(url, parts(invoice, "hand", ("2026-02-01", "60"))).content.decode()
    stale = parts(invoice, "equal", count=2, first_due_on="2026-02-01", months=1)
    invoice.change({"note": "Changed"}, by=cast.head, at=timezone.now())
    assert browser.post(url, stale).status_code == 409


# --- who


def test_only_those_who_may_write_find_the_doors_open(cast, client, client_of):
    invoice = make_draft(100, account=client)
    for name in ("lines", "edit", "instalments", "discard", "submit"):
        url = door(name, invoice.pk)
        assert client_of(cast.outsider).get(url).status_code == 404, name
        assert client_of(cast.outsider).post(url, {"version": 1}).status_code == 404, name
        assert client_of(cast.support).get(url).status_code == 403, name
        assert client_of(cast.head).get(url).status_code == 200, name
    assert client_of(cast.outsider).post(door("reckon", invoice.pk), {}).status_code == 404
    before = invoice.version
    invoice.refresh_from_db()
    assert invoice.version == before


def test_numbers_are_read_as_the_language_writes_them():
    assert parsed_number("1.125") == D("1.125")
    assert parsed_number("1,125.50") == D("1125.50")
    assert parsed_number("10 %") == D(10)
    with translation.override("ru"):
        assert parsed_number("1,125") == D("1.125")
        assert parsed_number("1 125,5") == D("1125.5")
    with pytest.raises(ValueError, match="amount"):
        parsed_number("ten")
