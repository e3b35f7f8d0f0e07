"""Price lists, and the own prices of one."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from catalog.models import ListPrice, PriceList
from catalog.models.price_list import Base
from foundation.keyset import Page, keyset_page
from foundation.money import minor_units
from users.dates import day_text

SIZE = 50


class ListRow(NamedTuple):
    pk: int
    name: str
    currency: str
    whom: str
    days: str
    reckons: str
    own: int
    is_valid: bool


class PriceRow(NamedTuple):
    pk: int
    product_id: int
    product: str
    code: str
    from_quantity: str
    price: str
    quantity_value: str
    price_value: str


def lists(today: date) -> list[ListRow]:
    """All: a company has tens of them. One statement."""
    found = PriceList.objects.select_related("base", "tag", "industry", "territory")
    found = found.annotate(count=Count("prices")).order_by("-is_active", "position", "name", "pk")
    return [
        ListRow(
            each.pk,
            each.name,
            each.currency,
            whom(each),
            _days(each, today),
            reckons(each),
            each.count,
            each.is_valid_on(today),
        )
        for each in found
    ]


def own_prices(price_list: PriceList, query: str, cursor: str | None) -> tuple[list[PriceRow], Page]:
    found = ListPrice.objects.filter(price_list=price_list)
    for word in query.split():
        found = found.filter(Q(product__name__icontains=word) | Q(product__code__icontains=word))
    fields = (
        "pk", "product_id", "product__name", "product__code", "product__sort_key", "from_quantity", "price",
    )  # fmt: skip
    page = keyset_page(
        found.values(*fields), order=("product__sort_key", "from_quantity", "pk"), cursor=cursor, size=SIZE
    )
    return [_price_row(each, price_list.currency) for each in page.rows], page


def whom(price_list: PriceList) -> str:
    if price_list.is_by_agreement:
        return _("only by agreement")
    named = [str(each) for each in (price_list.tag, price_list.industry, price_list.territory) if each]
    return ", ".join(named) or _("everybody")


def reckons(price_list: PriceList) -> str:
    """In numbers and names: “Retail −7 %, in steps of 0.5, −0.01”."""
    if price_list.base_kind == Base.NOTHING:
        return ""
    source = price_list.base.name if price_list.base else price_list.get_base_kind_display()
    percent = f" {price_list.percent.normalize():+f} %".replace("-", "−") if price_list.percent else ""
    said = [f"{source}{percent}"]
    if price_list.step:
        said.append(_("in steps of %(step)s") % {"step": f"{price_list.step.normalize():f}"})
    if price_list.surcharge:
        said.append(f"{price_list.surcharge.normalize():+f}".replace("-", "−"))
    return ", ".join(said)


def _days(price_list: PriceList, today: date) -> str:
    if not price_list.is_active:
        return _("not in use")
    begins, ends = price_list.valid_from, price_list.valid_to
    words = {
        "begins": day_text(begins, today) if begins else "",
        "ends": day_text(ends, today) if ends else "",
    }
    if begins and ends:
        return _("%(begins)s to %(ends)s") % words
    if begins:
        return _("from %(begins)s") % words
    return _("until %(ends)s") % words if ends else _("always")


def _price_row(each: Any, currency: str) -> PriceRow:
    price = each["price"].normalize()
    decimals = max(minor_units(currency), -int(price.as_tuple().exponent))
    quantity = f"{each['from_quantity'].normalize():f}"
    return PriceRow(
        each["pk"],
        each["product_id"],
        each["product__name"],
        each["product__code"],
        "" if not each["from_quantity"] else quantity,
        f"{price:.{decimals}f} {currency}",
        quantity,
        f"{price:f}",
    )
