"""What happens to what we sell."""

from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact


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
