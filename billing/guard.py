"""What has to be approved before it may be issued, as sentences; and by whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing import margins
from catalog.exchange import cross_rate
from foundation.money import money_text, rounded

MEASURED = ("title", "list_price", "quantity", "amount", "discount", "net", "cost", "by_hand", "reason")
Lines = Sequence[Mapping[str, Any]]


def objections(invoice: Any, lines: Lines | None = None) -> list[str]:
    """Nothing, where nobody has to be asked. `lines` are those of an editor, else its own."""
    return [*_of_amount(invoice), *_of_margins(invoice, lines)]


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
