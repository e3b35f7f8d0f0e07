"""All that is needed to price the lines of one document, read by a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from accounts.models import Account
from accounts.territories import territories_of
from catalog.exchange import cross_rate
from catalog.models import (
    BundlePart,
    Calculator,
    DiscountRule,
    ListPrice,
    LoyaltyLevel,
    LoyaltyStanding,
    PriceList,
    PriceTerms,
    Product,
    ProductGroup,
    ProductKind,
)
from catalog.models.audience import Audience
from catalog.models.discount_rule import plain_code


@dataclass(frozen=True, kw_only=True)
class Client:
    """What of a client decides which lists and rules are for it."""

    key: int
    industry_id: int | None = None
    tag_ids: frozenset[int] = frozenset()
    territory_id: int | None = None


@dataclass
class Book:
    """Prices for one client on one day in one currency. Codes that are given count as people type them."""

    account_id: int
    currency: str
    on: date
    named_list_id: int | None = None
    promo_codes: Sequence[str] = ()
    also: Sequence[PriceList] = ()  # lists whose prices are asked for whether they are valid or not
    products: dict[int, Product] = field(default_factory=dict)
    parts: dict[int, list[BundlePart]] = field(default_factory=dict)
    quantities: dict[int, Decimal] = field(default_factory=dict)
    _rates: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def read(self, quantities: dict[int, Decimal]) -> None:
        """`quantities`: of each product on the whole document, by key."""
        self.quantities = quantities
        self.products = Product.objects.in_bulk(quantities)
        bundles = [each.pk for each in self.products.values() if each.kind == ProductKind.BUNDLE]
        found: dict[int, list[BundlePart]] = defaultdict(list)
        if bundles:
            for part in (
                BundlePart.objects.filter(bundle__in=bundles).select_related("product").order_by("pk")
            ):
                found[part.bundle_id].append(part)
        self.parts = dict(found)

    def suppose(self, product_id: int, quantity: Decimal) -> None:
        """As if the document had this much of one product, and nothing else."""
        self.quantities = {product_id: quantity}
        self.__dict__.pop("_of_bundles", None)

    def rate(self, source: str, target: str) -> Decimal:
        if (source, target) not in self._rates:
            self._rates[source, target] = cross_rate(source, target, self.on)
        return self._rates[source, target]

    @cached_property
    def lists(self) -> list[PriceList]:
        """Those that are for this client, in the order in which they are tried."""
        valid = {key: each for key, each in self._all_lists.items() if each.is_valid_on(self.on)}
        first = [self.named_list_id, self.terms.price_list_id if self.terms else None]
        found = [valid[key] for key in first if key in valid]
        others = [each for each in valid.values() if not each.is_by_agreement]
        fitting = [each for each in others if self._fits(each)]
        fitting.sort(
            key=lambda each: (
                each.is_for_everybody,
                each.position,
                -(each.valid_from or date.min).toordinal(),
                each.pk,
            )
        )
        return list(dict.fromkeys([*found, *fitting]))

    def base_of(self, price_list: PriceList) -> PriceList | None:
        return self._all_lists.get(price_list.base_id) if price_list.base_id else None

    def own_price(self, price_list: PriceList, product_id: int) -> ListPrice | None:
        """That with the greatest quantity not above what the document has of the product, or needs for its bundles."""
        known = self._own_prices.get((price_list.pk, product_id), ())
        quantity = self.quantities.get(product_id, self._of_bundles.get(product_id, Decimal(0)))
        fitting = [each for each in known if each.from_quantity <= quantity]
        return max(fitting, key=lambda each: each.from_quantity, default=None)

    @cached_property
    def calculators(self) -> dict[int, Calculator]:
        """Of the products that are made to measure, by the product's key."""
        found = Calculator.objects.filter(product__in=self.products, is_active=True)
        return {
            each.product_id: each for each in found.select_related("product").prefetch_related("parameters")
        }

    @cached_property
    def costs(self) -> dict[int, Decimal]:
        parts = [part for each in self.parts.values() for part in each]
        known = {part.product_id: part.product for part in parts} | self.products
        found = {key: each.cost for key, each in known.items() if each.cost is not None}
        return found | _of_parts(self.products, self.parts)

    @cached_property
    def terms(self) -> PriceTerms | None:
        return PriceTerms.in_force(self.account_id, self.on)

    @cached_property
    def level(self) -> LoyaltyLevel | None:
        found = LoyaltyStanding.objects.select_related("level").filter(
            account=self.account_id, level__is_active=True
        )
        standing = found.first()
        return standing.level if standing else None

    @cached_property
    def rules(self) -> list[DiscountRule]:
        """Those in force that are for this client and its codes, in their order."""
        codes = {plain_code(each) for each in self.promo_codes}
        found = DiscountRule.objects.filter(
            Q(valid_from=None) | Q(valid_from__lte=self.on),
            Q(valid_to=None) | Q(valid_to__gte=self.on),
            Q(account=None) | Q(account=self.account_id),
            Q(promo_code="") | Q(promo_code__in=codes),
            is_active=True,
        )
        return [each for each in found.order_by("position", "pk") if self._fits(each)]

    @cached_property
    def groups_above(self) -> dict[int, int | None]:
        """Each group's parent, where a rule names a group at all."""
        if not any(each.group_id for each in self.rules):
            return {}
        return dict(ProductGroup.objects.values_list("pk", "parent_id"))

    def is_in_group(self, product: Product, group_id: int) -> bool:
        at, above = product.group_id, 0
        while at is not None and above <= len(self.groups_above):
            if at == group_id:
                return True
            at, above = self.groups_above.get(at), above + 1
        return False

    def _fits(self, each: Audience) -> bool:
        return each.is_for_everybody or each.fits_client(self._client)

    @cached_property
    def _client(self) -> Client:
        account = Account.objects.filter(pk=self.account_id).values_list("industry_id", flat=True).first()
        tags = Account.tags.through._default_manager.filter(account_id=self.account_id)
        territory = territories_of([self.account_id]).get(self.account_id)
        return Client(
            key=self.account_id,
            industry_id=account,
            tag_ids=frozenset(tags.values_list("tag_id", flat=True)),
            territory_id=territory.pk if territory else None,
        )

    @cached_property
    def _all_lists(self) -> dict[int, PriceList]:
        return {each.pk: each for each in PriceList.objects.filter(is_active=True)}

    @cached_property
    def _own_prices(self) -> dict[tuple[int, int], list[ListPrice]]:
        """Of the products, and of the parts of bundles, in the lists that may be tried and those below them."""
        wanted, at = set(), [each.pk for each in (*self.lists, *self.also)]
        while at:
            wanted |= set(at)
            known = self._all_lists | {each.pk: each for each in self.also}
            bases = {known[key].base_id for key in at if key in known}
            at = [key for key in bases if key is not None and key not in wanted]
        found: dict[tuple[int, int], list[ListPrice]] = defaultdict(list)
        if wanted:
            products = {*self.products, *self._of_bundles}
            for each in ListPrice.objects.filter(price_list__in=wanted, product__in=products):
                found[each.price_list_id, each.product_id].append(each)
        return dict(found)

    @cached_property
    def _of_bundles(self) -> dict[int, Decimal]:
        """How many of each product the bundles need."""
        needed: dict[int, Decimal] = defaultdict(Decimal)
        for key, parts in self.parts.items():
            for part in parts:
                needed[part.product_id] += part.quantity * self.quantities.get(key, Decimal(0))
        return dict(needed)


def costs_of(products: Iterable[Product]) -> dict[int, Decimal]:
    """What one of each costs, in its own currency, where it is known. One statement where there are bundles."""
    named = {each.pk: each for each in products}
    bundles = [each.pk for each in named.values() if each.kind == ProductKind.BUNDLE]
    parts: dict[int, list[BundlePart]] = defaultdict(list)
    if bundles:
        for part in BundlePart.objects.filter(bundle__in=bundles).select_related("product"):
            parts[part.bundle_id].append(part)
    found = {key: each.cost for key, each in named.items() if each.cost is not None}
    return found | _of_parts(named, parts)


def _of_parts(products: dict[int, Product], parts: dict[int, list[BundlePart]]) -> dict[int, Decimal]:
    """A bundle costs what its parts cost, where all are known and in its currency."""
    found = {}
    for key, each in parts.items():
        costs = [
            part.quantity * part.product.cost
            for part in each
            if part.product.cost is not None and part.product.currency == products[key].currency
        ]
        if len(costs) == len(each):
            found[key] = sum(costs, Decimal(0))
    return found
