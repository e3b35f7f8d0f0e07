"""What happens to what we sell."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact
from users.dates import short_day


class AboutProduct(Fact):
    product_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("product", self.product_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("product.created", label=gettext_lazy("Product added"), icon="package")
class ProductCreated(AboutProduct):
    pass


@fact("product.changed", label=gettext_lazy("Product changed"), icon="package")
class ProductChanged(AboutProduct):
    fields: list[str]


class AboutTaxRate(Fact):
    tax_rate_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("tax_rate", self.tax_rate_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("tax_rate.created", label=gettext_lazy("Tax rate added"), icon="percent")
class TaxRateCreated(AboutTaxRate):
    pass


@fact("tax_rate.changed", label=gettext_lazy("Tax rate changed"), icon="percent")
class TaxRateChanged(AboutTaxRate):
    fields: list[str]


class AboutProductGroup(Fact):
    product_group_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("product_group", self.product_group_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("product_group.created", label=gettext_lazy("Product group added"), icon="package")
class ProductGroupCreated(AboutProductGroup):
    pass


@fact("product_group.changed", label=gettext_lazy("Product group changed"), icon="package")
class ProductGroupChanged(AboutProductGroup):
    fields: list[str]


class AboutPriceList(Fact):
    price_list_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("price_list", self.price_list_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("price_list.created", label=gettext_lazy("Price list added"), icon="tags")
class PriceListCreated(AboutPriceList):
    pass


@fact("price_list.changed", label=gettext_lazy("Price list changed"), icon="tags")
class PriceListChanged(AboutPriceList):
    """`fields` has `prices` where own prices changed: `count` of them."""

    fields: list[str]
    count: int = 0


class AboutDiscountRule(Fact):
    discount_rule_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("discount_rule", self.discount_rule_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("discount_rule.created", label=gettext_lazy("Discount rule added"), icon="discount")
class DiscountRuleCreated(AboutDiscountRule):
    pass


@fact("discount_rule.changed", label=gettext_lazy("Discount rule changed"), icon="discount")
class DiscountRuleChanged(AboutDiscountRule):
    fields: list[str]


class AboutLoyaltyLevel(Fact):
    loyalty_level_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("loyalty_level", self.loyalty_level_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("loyalty_level.created", label=gettext_lazy("Loyalty level added"), icon="award")
class LoyaltyLevelCreated(AboutLoyaltyLevel):
    pass


@fact("loyalty_level.changed", label=gettext_lazy("Loyalty level changed"), icon="award")
class LoyaltyLevelChanged(AboutLoyaltyLevel):
    fields: list[str]


class AboutClientsPrices(Fact):
    account_id: int
    owner_id: int | None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id)]


@fact("price_terms.changed", label=gettext_lazy("Price terms agreed"), icon="discount")
class PriceTermsChanged(AboutClientsPrices):
    """New terms of a client from `valid_from` on (an ISO day); percents are numbers as text."""

    price_terms_id: int
    valid_from: str
    price_list: str
    percent: str
    from_price_list: str = ""
    from_percent: str = "0"
    reason: str = ""

    def sentence(self) -> str:
        before = _terms_text(self.from_price_list, self.from_percent)
        after = _terms_text(self.price_list, self.percent)
        return _("Price terms from %(day)s: %(before)s → %(after)s. %(reason)s") % {
            "day": short_day(date.fromisoformat(self.valid_from), timezone.localdate()),
            "before": before,
            "after": after,
            "reason": self.reason,
        }


@fact("loyalty.moved", label=gettext_lazy("Loyalty level of a client"), icon="award")
class LoyaltyMoved(AboutClientsPrices):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return f"{self.label}: {self.from_name or '—'} → {self.to_name or '—'}"


@fact("points.moved", label=gettext_lazy("Points of a client"), icon="coins")
class PointsMoved(AboutClientsPrices):
    """`points` is a number as text, with its sign."""

    points: str
    reason: str

    def sentence(self) -> str:
        return f"{self.label}: {Decimal(self.points):+f}. {self.reason}"


def _terms_text(price_list: str, percent: str) -> str:
    taken = Decimal(percent)
    parts = [price_list] if price_list else []
    parts += [f"−{taken.normalize():f} %"] if taken else []
    return ", ".join(parts) or _("the usual prices")


@fact("calculator.created", label=gettext_lazy("Calculator added"), icon="calculator")
class CalculatorCreated(AboutProduct):
    pass


@fact("calculator.changed", label=gettext_lazy("Calculator changed"), icon="calculator")
class CalculatorChanged(AboutProduct):
    fields: list[str]
