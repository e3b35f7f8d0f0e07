"""Discount and margin of lines and of the whole, held against the margin rules. Pure but for reading the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models.margin_rule import MarginRule

HUNDRED = Decimal(100)
NOTHING = Decimal(0)
TENTH = Decimal("0.1")
MOST_NAMED = 3


@dataclass(frozen=True)
class Measured:
    """`discount` is below list prices and `margin` of net, both in percent; None where nobody knows."""

    title: str
    discount: Decimal | None
    margin: Decimal | None
    is_by_hand: bool = False
    has_reason: bool = False


def rules_of(legal_entity_id: int) -> list[MarginRule]:
    """One statement."""
    of_company = Q(legal_entity=None) | Q(legal_entity=legal_entity_id)
    return list(MarginRule.objects.select_related("approver").filter(of_company, is_active=True))


def broken(rules: Iterable[MarginRule], lines: Iterable[Mapping[str, Any]]) -> list[MarginRule]:
    """Rules that a line or the whole breaks, the highest rank last."""
    whole, single = _measured(lines)
    return [rule for rule in rules if _against(rule, whole, single)]


def sentences(rules: Iterable[MarginRule], lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """What each broken rule has against the document, for the person who writes it."""
    whole, single = _measured(lines)
    return [_sentence(rule, found) for rule in rules if (found := _against(rule, whole, single))]


def _against(rule: MarginRule, whole: Measured, single: Iterable[Measured]) -> list[Measured]:
    named = [each for each in single if rule.is_broken_by(each.discount, each.margin)]
    return named or ([whole] if rule.is_broken_by(whole.discount, whole.margin) else [])


def _sentence(rule: MarginRule, found: list[Measured]) -> str:
    said = ", ".join(_said(rule, each) for each in found[:MOST_NAMED])
    if len(found) > MOST_NAMED:
        said = _("%(lines)s and %(count)d more") % {"lines": said, "count": len(found) - MOST_NAMED}
    sentence = _("“%(rule)s”: %(lines)s.") % {"rule": rule.name, "lines": said}
    if rule.needs_reason and any(each.is_by_hand and not each.has_reason for each in found):
        sentence += " " + _("Say why the price was set by hand.")
    return sentence


def _said(rule: MarginRule, each: Measured) -> str:
    figures = []
    if rule.discount_from is not None and each.discount is not None:
        figures.append(_("%(percent)s %% below the list") % {"percent": f"{each.discount.quantize(TENTH):f}"})
    if rule.margin_below is not None:
        figures.append(_("the margin is too thin"))  # by how much is for those who may see costs
    return f"{each.title}: {', '.join(figures)}" if each.title else ", ".join(figures)


def _measured(lines: Iterable[Mapping[str, Any]]) -> tuple[Measured, list[Measured]]:
    found, listed, asked, net, cost, is_known = [], NOTHING, NOTHING, NOTHING, NOTHING, True
    for line in lines:
        at_list = None if line["list_price"] is None else line["list_price"] * line["quantity"]
        taken = line["amount"] - line["discount"]
        costs = None if line["cost"] is None else line["cost"] * line["quantity"]
        found.append(
            Measured(
                line["title"],
                _below(at_list, taken),
                _margin(line["net"], costs),
                bool(line["by_hand"]),
                bool(line["reason"]),
            )
        )
        if at_list is not None:
            listed, asked = listed + at_list, asked + taken
        net, cost = net + line["net"], cost + (costs or NOTHING)
        is_known = is_known and costs is not None
    whole = Measured("", _below(listed, asked), _margin(net, cost) if is_known and found else None)
    return whole, found


def _below(listed: Decimal | None, taken: Decimal) -> Decimal | None:
    if not listed:
        return None
    return (listed - taken) * HUNDRED / listed


def _margin(net: Decimal, cost: Decimal | None) -> Decimal | None:
    """Nothing sold for something that costs is a loss of more than all; for nothing, nobody can say."""
    if cost is None or (not net and not cost):
        return None
    return (net - cost) * HUNDRED / net if net else Decimal(-1000)
