"""Over random documents and what happens to them, by the real verbs: every coin is somewhere, and once.

document total = Σ lines = Σ instalments = paid + credited + written off + due, and each payment and credit note is
the sum of what it settled, gave back and still has. The sums are read from the rows again, not from the records.
"""

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.models import Allocation, Invoice, InvoiceLine, Payment
from billing.testing import make_legal_entity, make_rate
from catalog.testing import make_product, make_rule
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import ExchangeRate
from foundation.money import minor_units
from users.models import User

pytestmark = pytest.mark.django_db
CURRENCIES = ["USD", "EUR", "JPY", "KWD"]
NOTHING = Decimal(0)

lines = st.lists(
    st.tuples(
        st.decimals(min_value=0, max_value=9_999, places=4),  # price
        st.decimals(min_value=Decimal("0.001"), max_value=99, places=3),  # quantity
        st.sampled_from(["0", "5", "7.5", "18", "20"]),  # tax
        st.booleans(),  # a product, priced by the rules
    ),
    min_size=1,
    max_size=4,
)
headers = st.fixed_dictionaries(
    {
        "tax_mode": st.sampled_from(["on_top", "included"]),
        "tax_rounding": st.sampled_from(["line", "document"]),
        "discount_percent": st.none() | st.decimals(min_value=0, max_value=100, places=2),
    }
)
shares = st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=4)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["pay", "pay over", "release", "credit", "write off", "take back", "void", "pay back"]
        ),
        st.integers(min_value=1, max_value=99),
    ),
    max_size=6,
)


def exact(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)))


def reconciles(invoice: Invoice) -> None:
    invoice.refresh_from_db()
    coin = Decimal(1).scaleb(-minor_units(invoice.currency))
    of_lines = InvoiceLine.objects.filter(invoice=invoice).aggregate(
        net=Sum("net"), tax=Sum("tax"), gross=Sum("gross")
    )
    assert (invoice.net, invoice.tax, invoice.total) == tuple(of_lines.values())
    assert invoice.total == invoice.net + invoice.tax
    assert invoice.total % coin == 0
    parts = invoice.instalments.aggregate(amount=Sum("amount"), settled=Sum("settled"))
    assert invoice.total == parts["amount"]
    assert invoice.total == invoice.paid + invoice.credited + invoice.written_off + invoice.due
    assert invoice.due >= 0
    standing = Allocation.objects.filter(invoice=invoice, released_at__isnull=True)
    kinds = dict(standing.order_by().values_list("kind").annotate(Sum("amount")))
    assert kinds.get("payment", NOTHING) == invoice.paid
    assert kinds.get("credit", NOTHING) == invoice.credited
    assert kinds.get("write_off", NOTHING) == invoice.written_off
    assert sum(kinds.values(), NOTHING) == parts["settled"]
    assert not invoice.instalments.filter(settled__gt=F("amount")).exists()


def payments_reconcile() -> None:
    for payment in Payment.objects.filter(direction="in"):
        standing = payment.allocations.filter(released_at__isnull=True)
        settled = standing.aggregate(sum=Sum("amount_taken"))["sum"] or NOTHING
        held = settled + payment.returned + payment.unallocated
        assert held == (NOTHING if payment.voided_at else payment.amount)


def notes_reconcile(invoice: Invoice) -> None:
    taken = NOTHING
    for note in invoice.credit_notes.all():
        settled = note.settles.filter(released_at__isnull=True).aggregate(sum=Sum("amount"))["sum"] or NOTHING
        assert note.total == settled + note.paid + note.due
        assert note.total == sum((each.gross for each in note.lines.all()), NOTHING)
        taken += note.total
    assert taken <= invoice.total


def go(invoice: Invoice, what: str, share: int, told: dict[str, Any]) -> None:
    """One thing that happens; what cannot be is refused and changes nothing."""
    part = exact(invoice.total * share / 100, invoice.currency)
    today = company_day(told["at"])
    last = Payment.objects.filter(direction="in", voided_at__isnull=True).order_by("-pk").first()
    if what in ("pay", "pay over"):
        amount = part if what == "pay" else invoice.due + part
        payment = Payment.receive(
            account=invoice.account, amount=amount, currency=invoice.currency, received_on=today, **told
        )
        left, wanted = payment.unallocated, []
        for each in invoice.instalments.filter(is_open=True).order_by("due_on", "pk"):
            settles = min(left, each.amount - each.settled)
            if settles > 0:
                wanted.append((each.pk, settles))
                left -= settles
        payment.allocate(wanted, **told)
    elif what == "credit":
        line = invoice.lines.order_by("pk").first()
        assert line is not None
        quantity = (line.quantity * share / 100).quantize(Decimal("0.001"))
        invoice.credit(reason="back", lines=[(line.pk, quantity)], **told)
    elif what == "write off":
        invoice.write_off(reason="given up", **told)
    elif what == "take back":
        invoice.take_back_write_off(**told)
    elif last is not None:
        ways = {
            "release": lambda: last.release(**told),
            "void": lambda: last.void(reason="by mistake", **told),
            "pay back": lambda: last.pay_back(last.unallocated, paid_on=today, **told),
        }
        ways[what]()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=lines, header=headers, currency=st.sampled_from(CURRENCIES), parts=shares, happens=steps)
def test_every_coin_is_somewhere_and_once(cast, asked, header, currency, parts, happens):
    client, rose, told = scene(cast)
    wanted = [
        DraftLine(product_id=rose.pk, quantity=quantity, tax_percent=Decimal(tax))
        if is_product
        else DraftLine(title="Work", price=price, quantity=quantity, tax_percent=Decimal(tax))
        for price, quantity, tax, is_product in asked
    ]
    invoice = Invoice.draft(account=client, lines=wanted, currency=currency, **header, **told)
    if len(parts) > 1:
        divide(invoice, parts, told)
    invoice.issue(**told)
    reconciles(invoice)
    for what, share in happens:
        with contextlib.suppress(Refused):
            go(invoice, what, share, told)
        reconciles(invoice)
        payments_reconcile()
        notes_reconcile(invoice)


def divide(invoice: Invoice, parts: list[int], told: dict[str, Any]) -> None:
    """Shares cut off to whole coins; the last takes the rest."""
    whole, left, schedule = sum(parts), invoice.total, []
    for place, share in enumerate(parts):
        amount = (
            left if place == len(parts) - 1 else exact(invoice.total * share / whole / 2, invoice.currency)
        )
        schedule.append((date(2030, 1, 1) + timedelta(days=30 * place), amount))
        left -= amount
    if all(amount > 0 for _day, amount in schedule):
        invoice.schedule(schedule, **told)


def scene(cast: Any) -> tuple[Any, Any, dict[str, Any]]:
    """Made once for a test; each example writes documents of its own."""
    if "figures" not in cast.__dict__:
        make_legal_entity()
        for code, rate in (("EUR", "1.0837"), ("JPY", "0.00671"), ("KWD", "3.2519")):
            if not ExchangeRate.objects.filter(currency=code).exists():
                make_rate(code, rate)
        make_rule("Autumn", "12.5")
        client = make_account("Acme", owner=cast.salesperson)
        rose = make_product("Rose", "19.99", cost=Decimal("7.77"))
        by = User.objects.with_policy().get(pk=cast.admin.pk)
        cast.__dict__["figures"] = client, rose, {"by": by, "at": timezone.now()}
    found: tuple[Any, Any, dict[str, Any]] = cast.__dict__["figures"]
    return found
