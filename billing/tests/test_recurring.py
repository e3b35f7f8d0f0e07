"""Invoices that come again: on which days, made once each, refused aloud, stopped and gone on with."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ContactPoint
from accounts.testing import make_account
from billing import recurring, repeating
from billing.drafting import DraftLine
from billing.giving import give_recurring
from billing.models import CreditLimit, Invoice, LegalEntity, RecurringInvoice, RecurringRun
from billing.testing import line, make_draft, make_invoice, make_legal_entity
from catalog.testing import make_product, make_rule
from changes.trash import verbs as trash
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.drain import drain
from foundation.errors import Refused, Stale
from foundation.models import Event
from foundation.testing import assert_query_count
from users.models import User

D = Decimal
JANUARY = datetime(2027, 1, 5, 9, tzinfo=UTC)
MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=10"


@pytest.fixture
def acme(cast):
    make_legal_entity()
    acme = make_account("Acme Florists", owner=cast.salesperson)
    ContactPoint.objects.create(account=acme, kind="email", value="books@acme.example")
    return acme


def at_noon(*day):
    return datetime(*day, 12, tzinfo=UTC)


def as_read(person):
    return User.objects.with_policy().get(pk=person.pk)


def repeated(invoice, rule=MONTHLY, starts_on=date(2027, 1, 10), ends_on=None, mode="draft", **said):
    said = {"by": User.objects.robot(), "at": JANUARY} | said
    return RecurringInvoice.repeat(invoice, rule, starts_on, ends_on, mode, **said)


def monthly(acme, cast, **said):
    return repeated(make_draft(100, account=acme, at=JANUARY, owner=cast.salesperson), **said)


def made_of(series):
    return [(each.on, each.invoice) for each in series.runs.order_by("on").select_related("invoice")]


def door(name, *keys):
    return reverse(f"billing:{name}", args=keys)


def asked(**said):
    today = company_day(timezone.now())
    return {
        "title": "Flowers of the hall", "every": "1", "unit": "MONTHLY", "on_day": "-1", "mode": "issue",
        "starts_on": (today + timedelta(days=1)).isoformat(), "ends_on": "",
    } | said  # fmt: skip


@pytest.mark.parametrize(
    ("every", "unit", "first", "day", "said", "expected"),
    [
        (1, "MONTHLY", (2027, 1, 31), None, "every month on day 31", "01-31 02-28 03-31 04-30 05-31"),
        (1, "MONTHLY", (2027, 1, 15), -1, "every month on the last day", "01-31 02-28 03-31 04-30 05-31"),
        (1, "MONTHLY", (2028, 1, 30), None, "every month on day 30", "01-30 02-29 03-30 04-30 05-30"),
        (3, "MONTHLY", (2027, 2, 1), 10, "every 3 months on day 10", "02-10 05-10 08-10 11-10 02-10"),
        (2, "WEEKLY", (2027, 1, 4), None, "every 2 weeks", "01-04 01-18 02-01 02-15 03-01"),
        (10, "DAILY", (2027, 2, 25), None, "every 10 days", "02-25 03-07 03-17 03-27 04-06"),
        (1, "YEARLY", (2028, 2, 29), None, "every year", "02-29 02-28 02-28 02-28 02-29"),
    ],
)
def test_a_short_month_takes_its_last_day(every, unit, first, day, said, expected):
    first = date(*first)
    rule = repeating.written(every, unit, first, day)
    days = repeating.coming(rule, first=first, since=first, last=None, most=5)
    assert (repeating.checked(rule), repeating.words(rule)) == (rule, said)
    assert " ".join(f"{each:%m-%d}" for each in days) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=HOURLY", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=1,2",
        "FREQ=DAILY;BYMONTHDAY=2", "FREQ=DAILY;INTERVAL=999", "FREQ=YEARLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTHDAY=28,30;BYSETPOS=-1", "FREQ=DAILY;COUNT=3", "FREQ=DAILY\nX",
    ],
)  # fmt: skip
def test_what_cannot_be_said_in_plain_words_is_no_rule(rule):
    with pytest.raises(Refused, match="no rule"):
        repeating.checked(rule)


def test_an_invoice_is_made_on_its_day_as_the_first_one_said(cast, acme):
    product = make_product(price=40)
    deal = make_deal("Roses", owner=cast.salesperson, account=acme)
    delivery = line(60, 2, "Delivery", tax_percent=D(20), tax_name="VAT")
    lines = [delivery, DraftLine(product_id=product.pk, quantity=D(3))]
    first = make_draft(account=acme, deal=deal, lines=lines, payment_days=7, note="Thanks", at=JANUARY,
                       tax_mode="included", discount_percent=D(10), by=cast.robot)  # fmt: skip
    series = repeated(first, title=" Flowers  of the hall ")
    assert (series.title, series.owner, series.next_on) == (
        "Flowers of the hall",
        cast.salesperson,
        date(2027, 1, 10),
    )
    assert recurring.make_due(at=at_noon(2027, 1, 9)) == 0
    assert recurring.make_due(at=at_noon(2027, 1, 10)) == 1
    made = Invoice.objects.exclude(pk=first.pk).get()
    for name in ("account", "deal", "owner", "total", "tax", "currency", "payment_days", "note", "tax_mode",
                 "discount_percent", "legal_entity", "language"):  # fmt: skip
        assert getattr(made, name) == getattr(first, name), name
    assert (made.state, made.dated_on, made.is_dated) == ("draft", date(2027, 1, 10), True)
    series.refresh_from_db()
    assert (series.next_on, series.made, series.last_refusal) == (date(2027, 2, 10), 1, "")
    told = Event.objects.get(name="recurring.invoiced")
    assert (told.payload["invoice_id"], told.actor_id) == (made.pk, cast.robot.pk)


def test_prices_by_the_rules_are_those_of_the_day_and_prices_by_hand_stay(cast, acme):
    product = make_product(price=40)
    usual = DraftLine(product_id=product.pk)
    series = repeated(make_draft(account=acme, lines=[usual, line(60)], at=JANUARY))
    product.change({"price": D(50)}, by=cast.admin, at=JANUARY)
    recurring.make_due(at=at_noon(2027, 1, 10))
    assert made_of(series)[0][1].total == 110


def test_month_ends_come_one_after_another(cast, acme):
    rule = repeating.written(1, "MONTHLY", date(2027, 1, 31))
    series = monthly(acme, cast, rule=rule, starts_on=date(2027, 1, 31), ends_on=date(2027, 4, 29))
    for day in ((2027, 1, 31), (2027, 2, 27), (2027, 2, 28), (2027, 3, 30), (2027, 3, 31), (2027, 6, 1)):
        recurring.make_due(at=at_noon(*day))
    assert [day for day, _made in made_of(series)] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
    ]
    series.refresh_from_db()
    assert series.next_on is None


def test_after_a_week_of_standstill_every_missed_day_is_made_once(cast, acme):
    series = monthly(acme, cast, rule="FREQ=DAILY", starts_on=date(2027, 1, 6), mode="issue")
    assert recurring.make_due(at=at_noon(2027, 1, 6)) == 1
    assert recurring.make_due(at=at_noon(2027, 1, 13)) == 7
    assert recurring.make_due(at=at_noon(2027, 1, 13)) == 0
    found = made_of(series)
    assert [day for day, _made in found] == [date(2027, 1, day) for day in range(6, 14)]
    assert {(made.state, made.dated_on == day) for day, made in found} == {("issued", True)}


def test_one_is_issued_and_sent_to_the_client(cast, acme, mailoutbox):
    series = monthly(acme, cast, mode="send")
    recurring.make_due(at=at_noon(2027, 1, 10))
    while drain():
        pass
    ((_day, made),) = made_of(series)
    assert (made.state, made.due_on) == ("issued", date(2027, 1, 24))
    assert mailoutbox[0].to == ["books@acme.example"]


def test_a_refusal_is_kept_told_and_shown_and_the_next_day_comes_all_the_same(cast, acme, client_of):
    series = monthly(acme, cast, mode="send")
    LegalEntity.objects.update(is_active=False)
    recurring.make_due(at=at_noon(2027, 1, 10))
    run = series.runs.get()
    assert (run.invoice, "issues no documents any more" in run.refusal) == (None, True)
    series.refresh_from_db()
    assert (series.last_refusal, series.next_on, series.made) == (run.refusal, date(2027, 2, 10), 0)
    assert Event.objects.get(name="recurring.refused").payload["reason"] == run.refusal
    seller = client_of(cast.salesperson)
    again = door("recurring_again", series.pk, run.pk)
    text = seller.get(series.get_absolute_url()).content.decode()
    assert run.refusal in text
    assert again in text
    assert seller.post(again, {"version": series.version}).status_code == 422
    LegalEntity.objects.update(is_active=True)
    assert seller.post(again, {"version": series.version}).status_code == 302
    run.refresh_from_db()
    assert (run.invoice.state, run.refusal, run.invoice.dated_on) == ("issued", "", date(2027, 1, 10))
    assert seller.post(again, {"version": series.version}).status_code == 422


def test_one_that_has_to_be_approved_waits_for_it(cast, acme):
    series = monthly(acme, cast, mode="issue")
    CreditLimit.put(acme, D(50), "USD", "Pays late", by=cast.head, at=JANUARY)
    recurring.make_due(at=at_noon(2027, 1, 10))
    run = series.runs.get()
    assert (run.invoice.state, "credit limit" in run.refusal) == ("waiting", True)


def test_one_that_cannot_be_sent_stays_issued(cast, acme):
    ContactPoint.objects.all().delete()
    series = monthly(acme, cast, mode="send")
    recurring.make_due(at=at_noon(2027, 1, 10))
    run = series.runs.get()
    assert (run.invoice.state, "no e-mail address" in run.refusal) == ("issued", True)


def test_one_that_breaks_leaves_the_others_to_go_on(cast, acme, caplog):
    broken, sound = monthly(acme, cast), monthly(acme, cast)
    RecurringInvoice.objects.filter(pk=broken.pk).update(lines=[{"nonsense": 1}])
    assert recurring.make_due(at=at_noon(2027, 1, 10)) == 1
    assert (broken.runs.count(), sound.runs.count()) == (0, 1)
    assert f"Recurring invoice {broken.pk} was not made" in caplog.text


def test_what_is_stopped_makes_nothing_and_goes_on_without_the_days_between(cast, acme):
    series = monthly(acme, cast)
    told = {"by": cast.salesperson}
    with pytest.raises(Refused, match="Say why"):
        series.stop("  ", at=JANUARY, **told)
    series.stop("They pause", at=JANUARY, **told)
    assert recurring.make_due(at=at_noon(2027, 3, 20)) == 0
    with pytest.raises(Refused, match="stopped already"):
        series.stop("Again", at=JANUARY, **told)
    series.go_on(at=at_noon(2027, 3, 20), **told)
    assert (series.next_on, series.stop_reason) == (date(2027, 4, 10), "")
    with pytest.raises(Refused, match="not stopped"):
        series.go_on(at=JANUARY, **told)
    assert recurring.make_due(at=at_noon(2027, 4, 11)) == 1
    names = ["recurring.started", "recurring.stopped", "recurring.resumed", "recurring.invoiced"]
    events = Event.objects.filter(name__startswith="recurring.").order_by("pk")
    assert list(events.values_list("name", flat=True)) == names


def test_another_rule_counts_from_its_first_day_and_makes_no_day_twice(cast, acme):
    series = monthly(acme, cast)
    now = at_noon(2027, 1, 10)
    recurring.make_due(at=now)
    series.refresh_from_db()
    series.change(
        {"rule": "FREQ=WEEKLY", "title": "Weekly"}, version=series.version, by=cast.salesperson, at=now
    )
    assert (series.next_on, series.title) == (date(2027, 1, 10), "Weekly")
    recurring.make_due(at=now)
    recurring.make_due(at=at_noon(2027, 1, 17))
    assert [day for day, _made in made_of(series)] == [date(2027, 1, 10), date(2027, 1, 17)]
    series.refresh_from_db()
    series.change({"ends_on": date(2027, 1, 20)}, by=cast.salesperson, at=now)
    assert series.next_on is None
    series.change({"ends_on": None}, by=cast.salesperson, at=at_noon(2027, 1, 20))
    assert series.next_on == date(2027, 1, 24)
    with pytest.raises(Stale):
        series.change({"title": "Mine"}, version=1, by=cast.salesperson, at=now)


def test_from_another_invoice_it_takes_what_comes_next(cast, acme):
    series = monthly(acme, cast)
    dearer = make_draft(150, account=acme, at=JANUARY)
    series.change({"lines_of": dearer}, by=cast.salesperson, at=JANUARY)
    assert series.total == 150
    recurring.make_due(at=at_noon(2027, 1, 10))
    assert made_of(series)[0][1].total == 150
    other = make_draft(1, account=make_account(owner=cast.salesperson))
    with pytest.raises(Refused, match="another client"):
        series.change({"lines_of": other}, by=cast.salesperson, at=JANUARY)


def test_who_may_not_set_prices_or_issue_repeats_neither(cast, acme):
    product = make_product(price=40)
    by_hand = DraftLine(product_id=product.pk, price=D(1))
    cheap = make_draft(account=acme, lines=[by_hand], at=JANUARY, by=cast.robot, owner=cast.salesperson)
    seller, head = as_read(cast.salesperson), as_read(cast.head)
    with pytest.raises(Refused, match="prices and discounts by hand"):
        repeated(cheap, by=seller)
    repeated(cheap, by=head, mode="issue")
    usual = make_draft(100, account=acme, at=JANUARY, owner=cast.salesperson)
    with pytest.raises(Refused, match="may not issue"):
        repeated(usual, by=as_read(cast.support), mode="issue")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"every": "0"}, "every"),
        ({"every": "100", "unit": "MONTHLY"}, "Say every how many"),
        ({"unit": "HOURLY"}, "Select a valid choice"),
        ({"on_day": "32"}, "Select a valid choice"),
        ({"starts_on": "2020-01-01"}, "today at the earliest"),
        ({"ends_on": "2020-01-01"}, "ends before the first one"),
        ({"starts_on": "soon"}, "valid date"),
        ({"mode": "shout"}, "Select a valid choice"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, acme, client_of, said, why):
    invoice = make_draft(100, account=acme)
    answer = client_of(cast.salesperson).post(door("repeat", invoice.pk), asked(**said))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert why in text
    assert "Flowers of the hall" in text
    assert not RecurringInvoice.objects.exists()


def test_from_the_invoice_to_the_list_and_the_page_with_its_coming_days(cast, acme, client_of):
    invoice = make_invoice(100, account=acme)
    seller = client_of(cast.salesperson)
    assert door("repeat", invoice.pk) in seller.get(invoice.get_absolute_url()).content.decode()
    assert 'value="1"' in seller.get(door("repeat", invoice.pk)).content.decode()
    assert seller.post(door("repeat", invoice.pk), asked()).status_code == 302
    series = RecurringInvoice.objects.get()
    assert series.rule == "FREQ=MONTHLY;BYMONTHDAY=-1"
    page = seller.get(series.get_absolute_url())
    assert len(page.context["coming"]) == 5
    assert "every month on the last day" in page.content.decode()
    rows = seller.get(door("recurring_list")).context["page"].rows
    assert [(row["title"], row["tag"]) for row in rows] == [("Flowers of the hall", "active")]
    assert seller.get(door("recurring_list") + "?state=stopped").context["page"].rows == []
    assert (
        seller.post(door("recurring_stop", series.pk), {"version": 1, "reason": "They pause"}).status_code
        == 302
    )
    assert "Stopped: They pause" in seller.get(series.get_absolute_url()).content.decode()
    assert seller.post(door("recurring_go_on", series.pk), {"version": 2}).status_code == 302
    form = seller.get(door("recurring_change", series.pk)).context["form"]
    assert form.initial["on_day"] == "-1"
    said = asked(every="2", payment_days="30", version="3")
    assert seller.post(door("recurring_change", series.pk), said).status_code == 302
    series.refresh_from_db()
    assert (series.rule, series.payment_days) == ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", 30)
    assert seller.post(door("recurring_change", series.pk), said).status_code == 409


def test_nobody_else_sees_or_changes_it(cast, acme, client_of):
    series = monthly(acme, cast)
    recurring.make_due(at=at_noon(2027, 1, 10))
    outsider, books = client_of(cast.outsider), client_of(cast.accountant)
    for name in ("recurring", "recurring_change", "recurring_stop", "recurring_go_on", "recurring_timeline"):
        assert outsider.get(door(name, series.pk)).status_code == 404
        assert client_of(cast.support).get(door(name, series.pk)).status_code == 403
    assert outsider.get(door("repeat", Invoice.objects.first().pk)).status_code == 404
    assert series.title not in outsider.get(door("recurring_list")).content.decode()
    assert books.get(series.get_absolute_url()).status_code == 200


def test_it_is_handed_over_merged_and_stays_when_its_deal_goes(cast, acme):
    deal = make_deal("Roses", owner=cast.salesperson, account=acme)
    series = repeated(make_draft(100, account=acme, deal=deal, at=JANUARY))
    assert give_recurring({series.pk: cast.colleague.pk}, by=cast.head, at=JANUARY) == {}
    series.refresh_from_db()
    assert (series.owner, cast.salesperson.pk in series.team_ids) == (cast.colleague, True)
    trash.put_in_trash(deal, by=cast.admin, at=timezone.now())
    series.refresh_from_db()
    assert series.deal is None
    other = make_account("Acme Ltd", owner=cast.salesperson)
    other.merge([acme], {}, by=as_read(cast.head), at=timezone.now())
    series.refresh_from_db()
    assert series.account == other
    recurring.make_due(at=at_noon(2027, 1, 10))
    assert made_of(series)[0][1].account == other


def test_it_goes_into_the_trash_with_its_client_and_comes_back(cast, acme):
    series = monthly(acme, cast)
    recurring.make_due(at=at_noon(2027, 1, 10))
    put = trash.put_in_trash(acme, by=cast.admin, at=timezone.now())
    assert not RecurringInvoice.objects.exists()
    trash.restore(put, by=cast.admin, at=timezone.now())
    assert RecurringRun.objects.get(recurring=series.pk).on == date(2027, 1, 10)


def test_statements_of_the_pages(cast, acme, client_of):
    series = [monthly(acme, cast) for _each in range(3)]
    for month in (1, 2, 3):
        recurring.make_due(at=at_noon(2027, month, 10))
    seller = client_of(cast.salesperson)
    with assert_query_count("recurring invoices"):
        seller.get(door("recurring_list"))
    with assert_query_count("recurring invoice"):
        seller.get(series[0].get_absolute_url())


def test_a_campaign_that_is_over_is_over_for_what_comes_again(cast):
    rose = make_product("Rose", 100)
    code = make_rule("Spring", 20, promo_code="SPRING")
    account = make_account(owner=cast.salesperson)
    draft = make_draft(
        account=account, lines=[DraftLine(product_id=rose.pk)], promo_code="spring", by=cast.robot
    )
    series = RecurringInvoice.repeat(
        draft, "FREQ=DAILY", company_day(timezone.now()), by=cast.robot, at=timezone.now()
    )
    recurring.make_due(at=timezone.now())
    code.change({"is_active": False}, by=cast.robot, at=timezone.now())
    recurring.make_due(at=timezone.now() + timedelta(days=1))
    totals = [each.invoice.total for each in series.runs.order_by("on")]
    assert totals == [80, 100]
