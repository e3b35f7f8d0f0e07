"""What of our promises stands in the dossier of a client that is handed over."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.handing_over.dossier import Line, Section, offer
from deals.models import Deal
from foundation.money import money_text


def register() -> None:
    offer(Section("promises", gettext_lazy("Open promises"), _promises, order=10))


def _promises(keys: Sequence[int], reader: Any, at: datetime) -> dict[int, list[Line]]:
    """Open deals the reader sees: what for, how much, where it stands and what was said to come next."""
    deals = Deal.objects.visible_to(reader).open().filter(account__in=keys)
    found: dict[int, list[Line]] = defaultdict(list)
    for deal in deals.select_related("stage").order_by("account", "-base_amount", "pk"):
        parts = [deal.stage.name]
        if deal.amount is not None:
            parts.insert(0, money_text(deal.amount, deal.currency, reader.language))
        if deal.expected_close_on:
            parts.append(_("expected %(day)s") % {"day": _day(deal.expected_close_on)})
        step = deal.next_step or _("no next step")
        on = f", {_day(deal.next_step_on)}" if deal.next_step_on else ""
        note = f"{' · '.join(parts)} · {step}{on}"
        found[deal.account_id or 0].append(Line(deal.title, note, deal.get_absolute_url()))
    return found


def _day(day: Any) -> str:
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))
