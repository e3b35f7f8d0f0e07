"""What has to be approved before it may be issued, as sentences."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.exchange import cross_rate
from foundation.money import money_text, rounded


def objections(invoice: Any) -> list[str]:
    """Nothing, where nobody has to be asked."""
    return [*_of_amount(invoice)]


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
