"""What a client owes, how late, what of its money settles nothing, in each currency; and its credit limit. Two
statements, one for the limit, and one more with a rate for each other currency where there is one."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.credit import credit_of
from billing.models import CreditLimit, Instalment, Invoice, Payment
from deals.queries.words import amount_text, count_text
from foundation.clock import company_day
from foundation.errors import Refused
from users.dates import day_text

MOST_LIMITS = 10


class Figure(NamedTuple):
    """`url` opens the rows behind it, where they have a page; a dialog, where it `is_asked`."""

    title: str
    worth: str
    note: str
    url: str
    is_bad: bool = False
    is_asked: bool = False


def money_of(account: Any, person: Any) -> list[Figure]:
    """Of the invoices and payments this person sees."""
    today = company_day(timezone.now())
    figures = [each for row in _debts(account, person, today) for each in _of_debt(row, account, today)]
    if person.may("billing.view_payments"):
        figures += [each for row in _payments(account, person) for each in _of_payments(row, account, today)]
    return figures + _of_credit(account, person, today)


def limits_of(account: Any) -> list[dict[str, str]]:
    """What counted and counts, the latest first."""
    today = company_day(timezone.now())
    found = (
        CreditLimit.objects.filter(account=account).select_related("set_by").order_by("-valid_from", "-pk")
    )
    return [
        {
            "day": day_text(each.valid_from, today),
            "amount": amount_text(each.amount, each.currency) or _("no limit"),
            "by": each.set_by.name,
            "reason": each.reason,
        }
        for each in found[:MOST_LIMITS]
    ]


def _of_credit(account: Any, person: Any, today: date) -> list[Figure]:
    """The limit, how much of it is used and left; who may set one is offered to where there is none."""
    sets = person.reaches(account, "billing.credit")
    url = reverse("billing:credit_limit", args=[account.pk]) if sets else ""
    try:
        credit = credit_of(account.pk, today)
    except Refused as unknown:
        return [Figure(_("Credit limit"), "?", str(unknown.message), url, True, bool(url))]
    if credit is None:
        return [Figure(_("Credit limit"), _("none"), "", url, is_asked=True)] if sets else []
    used, is_over = amount_text(credit.used, credit.currency), credit.left < 0
    left = amount_text(abs(credit.left), credit.currency)
    words = _("%(used)s used, %(left)s over it") if is_over else _("%(used)s used, %(left)s left")
    limit = amount_text(credit.limit, credit.currency)
    return [Figure(_("Credit limit"), limit, words % {"used": used, "left": left}, url, is_over, bool(url))]


def _debts(account: Any, person: Any, today: date) -> Any:
    """By instalments: of an invoice paid in parts only what was due before today is late."""
    late, left = Q(due_on__lt=today), F("amount") - F("settled")
    unsettled = Invoice.objects.visible_to(person).unsettled().filter(account=account)
    found = Instalment.objects.filter(is_open=True, invoice__in=unsettled).order_by()
    return (
        found.values(currency=F("invoice__currency"))
        .annotate(
            n=Count("invoice", distinct=True),
            together=Sum(left),
            late_n=Count("invoice", filter=late, distinct=True),
            late_together=Sum(left, filter=late, default=0),
            since=Min("due_on", filter=late),
        )
        .order_by("currency")
    )


def _payments(account: Any, person: Any) -> Any:
    standing = Payment.objects.visible_to(person).standing().filter(account=account, direction="in")
    return (
        standing.order_by()
        .values("currency")
        .annotate(n=Count("pk"), left=Sum("unallocated"), last=Max("received_on"), together=Sum("amount"))
        .order_by("currency")
    )


def _of_debt(row: dict[str, Any], account: Any, today: date) -> list[Figure]:
    currency = row["currency"]
    said = {"account": account.pk, "currency": currency}
    together, due = amount_text(row["together"], currency), _list(said | {"state": "due"})
    figures = [Figure(_("Due"), together, _invoices(row["n"]), due)]
    if row["late_n"]:
        days = (today - row["since"]).days
        late = ngettext("%(n)s day late", "%(n)s days late", days) % {"n": count_text(days)}
        worth, note = amount_text(row["late_together"], currency), f"{_invoices(row['late_n'])}, {late}"
        figures.append(Figure(_("Overdue"), worth, note, _list(said | {"state": "overdue"}), True))
    return figures


def _of_payments(row: dict[str, Any], account: Any, today: date) -> list[Figure]:
    currency = row["currency"]
    said, figures = {"account": account.pk, "currency": currency, "direction": "in"}, []
    if row["left"]:
        url = f"{reverse('billing:payments')}?{urlencode(said | {'surplus': 1})}"
        figures.append(Figure(_("Not allocated"), amount_text(row["left"], currency), "", url))
    last = _("last %(day)s") % {"day": day_text(row["last"], today)}
    url = f"{reverse('billing:payments')}?{urlencode(said)}"
    return [*figures, Figure(_("Paid"), amount_text(row["together"], currency), last, url)]


def _invoices(n: int) -> str:
    return ngettext("%(n)s invoice", "%(n)s invoices", n) % {"n": count_text(n)}


def _list(said: dict[str, Any]) -> str:
    return f"{reverse('billing:list')}?{urlencode(said)}"
