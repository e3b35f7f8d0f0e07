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
