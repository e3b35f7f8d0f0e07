"""How terms, level and points follow a client that goes into another."""

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers

ORDER = 10


def register() -> None:
    register_movers(
        Mover(
            kind="account", model="catalog.PriceTerms", field="account", words=_("Price terms"), order=ORDER
        ),
        Mover(kind="account", model="catalog.PointsEntry", field="account", words=_("Points"), order=ORDER),
        Mover(kind="account", model="catalog.LoyaltyStanding", field="account", order=ORDER),
        Mover(
            kind="account", model="catalog.DiscountRule", field="account", words=_("Discounts"), order=ORDER
        ),
    )
