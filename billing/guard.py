"""What has to be approved before it may be issued, as sentences."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.credit import credit_of, in_other
from billing.exchange import cross_rate
from foundation.money import money_text, rounded


def objections(invoice: Any, *, on: date) -> list[str]:
    """Nothing, where nobody has to be asked on that day."""
    return [*_of_amount(invoice), *_of_credit(invoice, on)]


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
