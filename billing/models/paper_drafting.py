"""How the lines of any paper are written: quotes and invoices alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from billing.drafting import Around, DraftLine, lined
from billing.models.paper_line import ByHand
from catalog.exchange import cross_rate
from foundation.errors import Refused
from foundation.money import rounded

# What of the header the prices, or the sums, of lines depend on.
PRICED_BY = {"account", "currency", "dated_on", "price_list", "promo_code"}
SUMMED_BY = {"tax_mode", "tax_rounding", "discount_percent", "discount_amount"}


class PaperDrafting:
    """Lines, and what they come to. Mixed into what has `lines`."""

    def reckoned(self: Any, lines: Sequence[DraftLine]) -> tuple[list[dict[str, Any]], Any]:
        """What these lines would come to, were they put now. Writes nothing."""
        had = {line.pk: line for line in self.lines.all()}
        return lined([_filled(line, had) for line in lines], self.around())

    def as_asked(self: Any) -> list[DraftLine]:
        """Its lines as they were asked for: what to put where one of them is to change."""
        return [line.as_asked() for line in self.lines.all()]

    def around(self: Any) -> Around:
        return Around(
            account_id=self.account_id,
            currency=self.currency,
            on=self.dated_on,
            mode=self.tax_mode,
            rounding=self.tax_rounding,
            percent=self.discount_percent,
            amount=self.discount_amount,
            price_list_id=self.price_list_id,
            promo_code=self.promo_code,
        )

    def _save_draft(self: Any) -> None:
        self.version += 1
        self.save()

    def _write_lines(self: Any, asked: Sequence[DraftLine], *, by: Any) -> None:
        """`by` is None where nobody asked for other prices by hand than there were."""
        had = {line.pk: line for line in self.lines.all()}
        asked = [_filled(line, had) for line in asked]
        if by is not None and any(_is_new_by_hand(line, had) for line in asked):
            refuse_by_hand(by)
        rows, found = lined(asked, self.around())
        kept = {line.line_id for line in asked if line.line_id is not None}
        self.lines.exclude(pk__in=kept).delete()
        model = self.lines.model
        mine = {self.lines.field.name: self}
        made = [model(pk=line.line_id, **mine, **row) for line, row in zip(asked, rows, strict=True)]
        model.objects.bulk_create([each for each in made if each.pk is None])
        columns = [each.name for each in model._meta.concrete_fields if not each.primary_key]
        model.objects.bulk_update([each for each in made if each.pk is not None], columns)
        before = self.total
        self.net, self.tax, self.total, self.discount = found.net, found.tax, found.total, found.discount
        if before != self.total:
            self._divide_anew()
        self._save_draft()

    def _divide_anew(self: Any) -> None:
        """What else follows the total. Only an invoice has a schedule."""

    def _in_other_currency(self: Any, changes: dict[str, Any], asked: list[DraftLine]) -> list[DraftLine]:
        paper: Any = self
        target, on = changes["currency"], changes.get("dated_on", paper.dated_on)
        rate = cross_rate(paper.currency, target, on)
        if paper.discount_amount is not None and "discount_amount" not in changes:
            paper.discount_amount = rounded(paper.discount_amount * rate, target)
        return [
            line if line.price is None else replace(line, price=rounded(line.price * rate, target))
            for line in asked
        ]


def _filled(line: DraftLine, had: dict[int, Any]) -> DraftLine:
    """What a kept line does not say about itself stays as it was."""
    if line.line_id is None:
        return line
    before = had.get(line.line_id)
    if before is None:
        raise Refused(_("A line of the invoice is not there any more. Look at it again."))
    if line.product_id is None and not line.title.strip():
        line = replace(line, product_id=before.product_id, title=before.title, unit=line.unit or before.unit)
    if line.calculated is None and line.product_id == before.product_id:
        line = replace(line, calculated=before.calculated)
    if line.tax_rate_id is None and line.tax_percent is None and line.product_id == before.product_id:
        said = before.as_asked()
        line = replace(
            line, tax_percent=said.tax_percent, tax_name=said.tax_name, exempt_reason=said.exempt_reason
        )
    return line


def _is_new_by_hand(line: DraftLine, had: dict[int, Any]) -> bool:
    if line.product_id is None or (line.price is None and line.percent_by_hand is None):
        return False
    before = had.get(line.line_id or 0)
    if before is None or before.by_hand == ByHand.NOTHING:
        return True
    return (before.asked_price, before.percent_by_hand) != (line.price, line.percent_by_hand)


def refuse_by_hand(by: Any) -> None:
    if not by.may("billing.change_prices"):
        raise Refused(_("You may not set prices and discounts by hand. Ask somebody who may."))
