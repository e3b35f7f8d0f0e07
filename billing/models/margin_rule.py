from decimal import Decimal
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from billing import facts
from billing.models.legal_entity import LegalEntity
from catalog.models.verbs import Kept
from foundation.errors import Refused
from users.models import Role

SAYS_NOTHING = gettext_lazy("Say from which discount, or below which margin, somebody has to approve.")


@pghistory.track(model_name="MarginRuleHistory")
class MarginRule(Kept, models.Model):
    """Whose approval a discount, or a thin margin, needs before an invoice is issued: docs/algorithms/pricing.md, 5.

    Both conditions together, where both are said. Every line and the document as a whole are held against it.
    """

    facts_of = (facts.MarginRuleCreated, facts.MarginRuleChanged)

    name = models.CharField(pgettext_lazy("of a margin rule", "name"), max_length=120, unique=True)
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("only of the own company"),
    )
    discount_from = models.DecimalField(
        gettext_lazy("discount from, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    margin_below = models.DecimalField(
        gettext_lazy("margin below, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    needs_reason = models.BooleanField(
        gettext_lazy("a price by hand needs a reason"),
        default=False,
        help_text=gettext_lazy("where a line is against the rule and somebody set its price"),
    )
    approver = models.ForeignKey(
        Role,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("who has to approve"),
        help_text=gettext_lazy("nobody named: whoever may approve invoices"),
    )
    rank = models.PositiveIntegerField(
        gettext_lazy("rank"),
        default=1,
        help_text=gettext_lazy("of several rules that speak up, the highest says who approves"),
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    class Meta:
        verbose_name = gettext_lazy("margin rule")
        verbose_name_plural = gettext_lazy("margin rules")
        ordering = ["rank", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_from__isnull=False) | Q(margin_below__isnull=False),
                name="margin_rule_says_something",
                violation_error_message=SAYS_NOTHING,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def told_of(self) -> dict[str, Any]:
        return {"margin_rule_id": self.pk, "name": self.name}

    def is_broken_by(self, discount: Decimal | None, margin: Decimal | None) -> bool:
        """Both in percent, None where nobody knows: what is not known breaks nothing."""
        if self.discount_from is not None and (discount is None or discount < self.discount_from):
            return False
        return self.margin_below is None or (margin is not None and margin < self.margin_below)

    def _refuse_what_cannot_be(self) -> None:
        if MarginRule.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused(_("There is a margin rule called %(name)s already.") % {"name": self.name})
        if self.discount_from is None and self.margin_below is None:
            raise Refused(str(SAYS_NOTHING))
        if self.discount_from is not None and not 0 < self.discount_from <= 100:
            raise Refused(_("A discount is more than nothing, and at most 100 %."))
        if self.margin_below is not None and not -1000 < self.margin_below <= 100:
            raise Refused(_("A margin is at most 100 %."))
