"""What has to be approved before it may be issued, as sentences; and by whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing import margins
from billing.credit import credit_of, in_other
from catalog.exchange import cross_rate
from foundation.money import money_text, rounded

MEASURED = ("title", "list_price", "quantity", "amount", "discount", "net", "cost", "by_hand", "reason")
Lines = Sequence[Mapping[str, Any]]


def objections(invoice: Any, *, on: date, lines: Lines | None = None) -> list[str]:
    """Nothing, where nobody has to be asked on that day. `lines` are those of an editor, else its own."""
    return [*_of_amount(invoice), *_of_credit(invoice, on), *_of_margins(invoice, lines)]


def objections_to_quote(quote: Any, *, lines: Lines | None = None) -> list[str]:
    """What somebody who may approve has to look at before it is sent. It uses no credit: nobody owes it yet."""
    return [*_of_amount(quote), *_of_margins(quote, lines)]


def approvers(invoice: Any) -> str:
    """The key of the role that has to approve; empty where whoever may approve invoices does."""
    rules = margins.rules_of(invoice.legal_entity_id)
    found = margins.broken(rules, _lines(invoice)) if rules else []
    named = [rule for rule in found if rule.approver is not None]
    return named[-1].approver.key if named else ""  # type: ignore[union-attr]


def _of_amount(invoice: Any) -> list[str]:
    limit = invoice.legal_entity.approval_over
    if limit is None:
        return []
    base = settings.BASE_CURRENCY
    worth = rounded(invoice.total * cross_rate(invoice.currency, base, invoice.dated_on), base)
    if worth <= limit:
        return []
    said = money_text(limit, base, get_language() or "en")
    return [_("It comes to more than %(limit)s.") % {"limit": said}]


def _of_margins(invoice: Any, lines: Lines | None) -> list[str]:
    """One statement; two where there are rules."""
    rules = margins.rules_of(invoice.legal_entity_id)
    if not rules or invoice.is_credit_note:
        return []
    return margins.sentences(rules, _lines(invoice) if lines is None else lines)


def _lines(invoice: Any) -> Lines:
    return list(invoice.lines.order_by("position", "pk").values(*MEASURED))


def _of_credit(invoice: Any, on: date) -> list[str]:
    """A credit note takes back; it uses no credit."""
    if invoice.is_credit_note or (credit := credit_of(invoice.account_id, on)) is None:
        return []
    together = credit.used + in_other(invoice.total, invoice.currency, credit.currency, on)
    if together <= credit.limit:
        return []
    language = get_language() or "en"
    said = {
        "owed": money_text(credit.used, credit.currency, language),
        "together": money_text(together, credit.currency, language),
        "limit": money_text(credit.limit, credit.currency, language),
    }
    return [
        _("The client owes %(owed)s; with this it is %(together)s, over its credit limit of %(limit)s.")
        % said
    ]
