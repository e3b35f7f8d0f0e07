"""Which tax a line bears: the one said, else its product's, else the usual one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Product, TaxRate
from foundation.errors import Refused


@dataclass(frozen=True, kw_only=True)
class SaidTax:
    """A tax that is said outright, of no rate that we keep."""

    name: str
    percent: Decimal
    exempt_reason: str = ""


class Taxes:
    """The rates that the lines name, their products', and the one used unless another is named. One statement."""

    def __init__(self, asked: Sequence[Any], products: dict[int, Product]) -> None:
        keys = {line.tax_rate_id for line in asked} | {each.tax_rate_id for each in products.values()}
        wanted = Q(pk__in=keys - {None}) | Q(is_default=True, is_active=True)
        self.rates = {rate.pk: rate for rate in TaxRate.objects.filter(wanted).order_by("pk")}
        self.usual = next((rate for rate in self.rates.values() if rate.is_default), None)

    def of(self, line: Any, product: Product | None) -> TaxRate | SaidTax | None:
        if line.tax_percent is not None:
            return SaidTax(name=line.tax_name, percent=line.tax_percent, exempt_reason=line.exempt_reason)
        if line.tax_rate_id is not None:
            if line.tax_rate_id not in self.rates:
                raise Refused(_("The tax rate is not there any more. Choose another."))
            return self.rates[line.tax_rate_id]
        if product is not None and product.tax_rate_id is not None:
            return self.rates[product.tax_rate_id]
        return self.usual
