"""What happens to what we sell."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact


@dataclass(frozen=True, kw_only=True)
class AboutProduct(Fact):
    product_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("product", self.product_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("product.created", label=gettext_lazy("Product added"), icon="package")
@dataclass(frozen=True, kw_only=True)
class ProductCreated(AboutProduct):
    pass


@fact("product.changed", label=gettext_lazy("Product changed"), icon="package")
@dataclass(frozen=True, kw_only=True)
class ProductChanged(AboutProduct):
    fields: list[str]
