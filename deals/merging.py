"""How deals follow a client or a contact that goes into another."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers
from deals.models import Deal
from foundation.search_text import normalised

BATCH = 1_000
ORDER = 20


def register() -> None:
    register_movers(
        Mover(
            kind="account", model="deals.Deal", field="account", words=_("Deals"), settle=settle, order=ORDER
        ),
        Mover(kind="contact", model="deals.DealContact", field="contact", words=_("Deals"), order=ORDER),
    )


def settle(keys: Sequence[int]) -> None:
    """Deals are found by their client's name, and their owners see the client."""
    for start in range(0, len(keys), BATCH):
        deals = list(Deal.objects.filter(pk__in=keys[start : start + BATCH]).select_related("account"))
        changed = []
        for deal in deals:
            text = normalised(deal.title, deal.account.name if deal.account else "")
            if text != deal.search_text:
                deal.search_text = text
                changed.append(deal)
        Deal.objects.bulk_update(changed, ["search_text"])
