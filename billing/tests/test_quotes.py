"""Quotes by their verbs: numbered when sent, kept as they were, answered once, and invoiced to the cent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.testing import make_account
from billing import giving, quotes
from billing.drafting import DraftLine
from billing.models import CreditLimit, Invoice, LegalEntity, Quote, QuoteLink, QuoteState
from billing.testing import line, make_invoice, make_legal_entity, make_quote, make_sent_quote
from catalog.models import TaxRate
from catalog.testing import make_product
from changes.trash import verbs as trash
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.errors import Refused, Stale
from foundation.models import Event
from users.models import User
from users.testing import make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def client(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


def until(now, days=14):
    return company_day(now) + timedelta(days)


def rose(product, quantity):
    """Priced by the rules."""
    return DraftLine(product_id=product.pk, quantity=Decimal(quantity))


def names():
    return list(Event.objects.filter(name__startswith="quote.").order_by("pk").values_list("name", flat=True))


def test_a_quote_gets_its_number_and_its_link_when_it_is_sent(cast, client, now):
    quote = make_quote(100, 50, account=client)
    assert (quote.number, quote.state, quote.total) == ("", QuoteState.DRAFT, 150)
    link = quote.send(valid_until=until(now), by=cast.salesperson, at=now)
    assert quote.number == f"Q-{company_day(now).year}-00001"
    assert (quote.state, quote.sent_by, quote.base_total) == (QuoteState.SENT, cast.salesperson, 150)
    assert quote.parties["buyer"]["name"] == "Acme Florists"
    assert QuoteLink.found_by(link.token, now) == link
    assert names() == ["quote.drafted", "quote.sent"]
    assert make_sent_quote(account=client).number.endswith("00002")


def test_a_quote_without_lines_or_with_a_strange_last_day_is_not_sent(cast, client, now):
    quote = make_quote(100, account=client)
    for days in (-1, 400):
        with pytest.raises(Refused, match="at most a year"):
            quote.send(valid_until=until(now, days), by=cast.salesperson, at=now)
    quote.put_lines([], by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="no lines"):
        quote.send(valid_until=until(now), by=cast.salesperson, at=now)


def test_what_was_sent_does_not_change_whoever_asks(cast, client, now):
    quote = make_sent_quote(100, account=client)
    with pytest.raises(Refused, match="was sent and does not change"):
        quote.put_lines([line(1)], by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="was sent and does not change"):
        quote.change({"note": "Hello"}, by=cast.salesperson, at=now)
    wrong = [
        lambda: quote.lines.update(price=1),
        lambda: quote.lines.all().delete(),
        lambda: Quote.objects.filter(pk=quote.pk).update(total=1, net=1),
        lambda: Quote.objects.filter(pk=quote.pk).update(valid_until=until(now, 300)),
        lambda: Quote.objects.filter(pk=quote.pk).delete(),
    ]
    for change in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    quote.accept(name="Ann", at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(decided_name="Bob")


def test_a_draft_is_changed_by_who_saw_it_last(cast, client, now):
    quote = make_quote(100, account=client)
    seen = quote.version
    quote.put_lines([line(70, 2)], version=seen, by=cast.salesperson, at=now)
    assert quote.total == 140
    with pytest.raises(Stale):
        quote.change({"note": "Hello"}, version=seen, by=cast.salesperson, at=now)
    quote.change({"note": "Hello", "payment_days": 5}, by=cast.salesperson, at=now)
    assert (quote.note, quote.payment_days) == ("Hello", 5)
    assert Event.objects.filter(name="quote.changed").last().payload["fields"] == ["note", "payment_days"]


def test_a_newer_version_takes_the_place_of_the_older_one_when_it_is_sent(cast, client, now):
    first = make_sent_quote(100, account=client)
    second = first.new_version(by=cast.salesperson, at=now)
    assert (second.version_number, second.version_of, second.number) == (2, first, first.number)
    assert (second.total, second.lines.get().price, second.state) == (100, 100, QuoteState.DRAFT)
    first.refresh_from_db()
    assert first.state == QuoteState.SENT, "the client may answer it until the newer one comes"
    with pytest.raises(Refused, match="newer one already"):
        first.new_version(by=cast.salesperson, at=now)
    second.put_lines([line(80)], by=cast.salesperson, at=now)
    second.send(valid_until=until(now), by=cast.salesperson, at=now)
    first.refresh_from_db()
    assert (first.state, first.total, second.total) == (QuoteState.SUPERSEDED, 100, 80)
    with pytest.raises(Refused, match="superseded"):
        first.accept(name="Ann", at=now)
    third = second.new_version(by=cast.salesperson, at=now)
    assert (third.version_number, third.version_of) == (3, first)
    assert str(third) == f"{first.number}, version 3"


def test_a_newer_version_thrown_away_leaves_the_older_one_open(cast, client, now):
    first = make_sent_quote(100, account=client)
    first.new_version(by=cast.salesperson, at=now).withdraw(by=cast.salesperson, at=now)
    assert first.accept(name="Ann", at=now)
    assert names()[-2:] == ["quote.withdrawn", "quote.accepted"]


def test_a_newer_version_is_not_sent_over_one_that_was_accepted_meanwhile(cast, client, now):
    first = make_sent_quote(100, account=client)
    second = first.new_version(by=cast.salesperson, at=now)
    first.accept(name="Ann", at=now)
    with pytest.raises(Refused, match="accepted meanwhile"):
        second.send(valid_until=until(now), by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="was accepted"):
        first.new_version(by=cast.salesperson, at=now)


def test_a_newer_version_is_for_the_same_client(cast, client, now):
    second = make_sent_quote(100, account=client).new_version(by=cast.salesperson, at=now)
    other = make_account("Other", owner=cast.salesperson)
    with pytest.raises(Refused, match="same client"):
        second.change({"account": other}, by=cast.salesperson, at=now)


def test_a_quote_is_answered_once(cast, client, now):
    quote = make_sent_quote(100, account=client)
    with pytest.raises(Refused, match="who accepts"):
        quote.accept(name=" ", at=now)
    assert quote.accept(name="  Ann   Lee ", at=now)
    assert not quote.accept(name="Bob", at=now)
    assert (quote.decided_name, quote.decided_by, quote.decided_at) == ("Ann Lee", cast.robot, now)
    with pytest.raises(Refused, match="accepted"):
        quote.decline(reason="Too dear", at=now)
    declined = make_sent_quote(100, account=client)
    assert declined.decline(reason="Too dear", by=cast.salesperson, at=now)
    assert (declined.decided_name, declined.decline_reason) == ("Acme Florists", "Too dear")
    assert declined.new_version(by=cast.salesperson, at=now).decline_reason == ""


def test_a_quote_expires_the_day_after_its_last_one_and_is_told_once(cast, client, now):
    quote = make_sent_quote(100, account=client, days=3)
    assert quotes.tell_expired(at=now + timedelta(3)) == 0
    later = now + timedelta(4)
    with pytest.raises(Refused, match="was valid until"):
        quote.accept(name="Ann", at=later)
    assert [quotes.tell_expired(at=later) for _turn in range(2)] == [1, 0]
    quote.refresh_from_db()
    assert quote.state == QuoteState.EXPIRED
    with pytest.raises(Refused, match="expired"):
        quote.accept(name="Ann", at=later)
    assert quote.accept(name="Ann", by=cast.salesperson, at=later), "said in time, written down later"


def test_an_invoice_of_a_quote_comes_to_the_same_to_the_cent(cast, client, now):
    tax = TaxRate.objects.create(name="VAT", percent=Decimal("19"))
    roses = make_product("Roses", "3.33")
    lines = [
        line("0.335", 3, "Ribbon", tax_rate_id=tax.pk),
        line("9.99", "7.5", "Work", tax_rate_id=tax.pk),
        line("1", 1, "Box"),
    ]
    quote = make_quote(account=client, lines=lines, discount_percent=Decimal("3.3"), by=cast.head)
    quote.put_lines([*quote.as_asked(), rose(roses, 7)], by=cast.head, at=now)
    quote.send(valid_until=until(now), by=cast.head, at=now)
    with pytest.raises(Refused, match="accepted"):
        quote.to_invoice(by=cast.salesperson, at=now)
    quote.accept(name="Ann", at=now)
    invoice = quote.to_invoice(by=cast.salesperson, at=now)
    columns = ("title", "quantity", "price", "amount", "discount", "net", "tax", "gross")
    assert list(invoice.lines.values_list(*columns)) == list(quote.lines.values_list(*columns))
    sums = ("discount", "net", "tax", "total", "discount_percent", "currency")
    assert [getattr(invoice, name) for name in sums] == [getattr(quote, name) for name in sums]
    invoice.put_lines(invoice.as_asked(), by=cast.salesperson, at=now)
    assert invoice.total == quote.total, "and when its lines are saved again"
    invoice.issue(by=cast.admin, at=now)
    assert invoice.due == quote.total


def test_what_was_agreed_stays_the_price_when_the_product_gets_dearer(cast, client, now):
    roses = make_product("Roses", 10)
    quote = make_quote(account=client, lines=[rose(roses, 2)])
    assert quote.total == 20
    quote.send(valid_until=until(now), by=cast.salesperson, at=now)
    type(roses).objects.filter(pk=roses.pk).update(price=99)
    quote.accept(name="Ann", at=now)
    invoice = quote.to_invoice(by=cast.salesperson, at=now)
    invoice.put_lines(invoice.as_asked(), by=cast.salesperson, at=now)
    assert (invoice.total, invoice.lines.get().by_hand) == (20, "price")
    assert invoice.lines.get().reason == quote.number


def test_a_quote_is_invoiced_once_unless_the_draft_was_discarded(cast, client, now):
    quote = make_sent_quote(100, account=client)
    quote.accept(name="Ann", at=now)
    invoice = quote.to_invoice(by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="invoiced already"):
        Quote.objects.get(pk=quote.pk).to_invoice(by=cast.salesperson, at=now)
    invoice.discard(by=cast.salesperson, at=now)
    assert quote.to_invoice(by=cast.salesperson, at=now) != invoice
    assert names().count("quote.invoiced") == 2


def test_what_has_to_be_approved_is_sent_by_who_may_approve(cast, client, now):
    make_legal_entity(approval_over=50)
    quote = make_quote(100, account=client)
    with pytest.raises(Refused, match="comes to more than"):
        quote.send(valid_until=until(now), by=cast.salesperson, at=now)
    quote.send(valid_until=until(now), by=cast.head, at=now)
    assert quote.state == QuoteState.SENT


def test_what_a_client_owes_is_no_objection_to_a_quote(cast, client, now):
    make_invoice(100, account=client)
    CreditLimit.put(
        client, amount=Decimal(50), currency="USD", valid_from=company_day(now), reason="New",
        by=cast.accountant, at=now,
    )  # fmt: skip
    assert make_sent_quote(100, account=client).state == QuoteState.SENT


def test_a_deal_is_quoted_with_its_lines_or_its_title_one_draft_at_a_time(cast, client, now):
    make_legal_entity()
    deal = make_deal("Spring", owner=cast.salesperson, account=client, amount=500)
    quote = quotes.quote_deal(deal, by=cast.salesperson, at=now)
    assert (quote.deal, quote.total, quote.lines.get().title) == (deal, 500, "Spring")
    with pytest.raises(Refused, match="is not sent yet"):
        quotes.quote_deal(deal, by=cast.salesperson, at=now)
    quote.withdraw(by=cast.salesperson, at=now)
    assert quotes.quote_deal(deal, by=cast.salesperson, at=now).deal == deal


def test_drafts_go_with_their_client_and_what_was_sent_keeps_it(cast, client, now):
    draft = make_quote(70, 30, account=client)
    entry = trash.put_in_trash(client, by=cast.admin, at=now)
    assert not Quote.objects.exists()
    trash.restore(entry, by=cast.admin, at=now)
    assert Quote.objects.get(pk=draft.pk).lines.count() == 2
    make_sent_quote(account=client)
    with pytest.raises(Refused, match="nothing sent is deleted"):
        trash.put_in_trash(client, by=cast.admin, at=now)


def test_a_deal_goes_and_its_sent_quote_stays_without_it(cast, client, now):
    deal = make_deal(owner=cast.salesperson, account=client)
    sent, draft = make_sent_quote(account=client, deal=deal), make_quote(account=client, deal=deal)
    sent.accept(name="Ann", at=now)
    sent.to_invoice(by=cast.salesperson, at=now)
    entry = trash.put_in_trash(deal, by=cast.admin, at=now)
    sent.refresh_from_db()
    assert (sent.deal, sent.invoice) == (None, None), "the draft of its invoice went along with the deal"
    assert not Quote.objects.filter(pk=draft.pk).exists()
    trash.restore(entry, by=cast.admin, at=now)
    sent.refresh_from_db()
    assert (sent.deal, sent.invoice) == (deal, Invoice.objects.get())


def test_quotes_follow_a_merged_client_and_are_read_as_before(cast, client, now):
    twin = make_account("Acme Flowers", owner=cast.salesperson)
    quote = make_sent_quote(account=twin)
    client.merge([twin], {}, by=User.objects.with_policy().get(pk=cast.head.pk), at=now)
    quote.refresh_from_db()
    assert (quote.account, quote.parties["buyer"]["name"]) == (client, "Acme Flowers")
    assert "florists" in quote.search_text


def test_open_quotes_are_handed_over(cast, client, now):
    quote = make_sent_quote(account=client)
    assert giving.give_quotes({quote.pk: cast.colleague.pk}, by=cast.head, at=now) == {}
    quote.refresh_from_db()
    assert quote.owner == cast.colleague
    assert cast.salesperson.pk in quote.team_ids


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Many at once, on the real database."""

    def together(self, work, times=8):
        def alone(turn):
            try:
                return work(turn)
            except Refused as refusal:
                return str(refusal.message)
            finally:
                connection.close()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(alone, range(times)))

    def test_accepted_twice_at_once_is_one_acceptance_and_one_invoice(self):
        cast, now = make_cast(), timezone.now()
        quote = make_sent_quote(100, owner=cast.salesperson)
        done = self.together(lambda turn: Quote.objects.get(pk=quote.pk).accept(name=f"Ann {turn}", at=now))
        assert sorted(done) == [False] * 7 + [True]
        assert names().count("quote.accepted") == 1
        self.together(lambda _turn: Quote.objects.get(pk=quote.pk).to_invoice(by=cast.salesperson, at=now))
        assert Invoice.objects.count() == 1

    def test_a_quote_is_either_accepted_or_superseded(self):
        cast, now = make_cast(), timezone.now()
        entity = make_legal_entity()
        for _turn in range(4):
            first = make_sent_quote(100, owner=cast.salesperson, legal_entity=entity)
            second = first.new_version(by=cast.salesperson, at=now)

            def act(turn, first=first, second=second):
                if turn:
                    return Quote.objects.get(pk=first.pk).accept(name="Ann", at=now)
                found = Quote.objects.get(pk=second.pk)
                return found.send(valid_until=until(now), by=cast.salesperson, at=now).pk

            self.together(act, times=2)
            states = {each.state for each in Quote.objects.versions_of(first)}
            assert states in ({"accepted", "draft"}, {"superseded", "sent"})
        assert LegalEntity.objects.count() == 1
