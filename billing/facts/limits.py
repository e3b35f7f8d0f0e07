"""Limits of credit, and rules of margins."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.facts.money import money_said
from foundation.facts import Fact, fact
from users.dates import short_day


@fact("credit_limit.changed", label=gettext_lazy("Credit limit changed"), icon="gauge")
class CreditLimitChanged(Fact):
    """Without an amount there is no limit any more."""

    account_id: int
    amount: Decimal | str | None
    currency: str
    valid_from: date | str
    reason: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id)]

    def sentence(self) -> str:
        said = _("no limit") if self.amount is None else money_said(self.amount, self.currency)
        day = short_day(date.fromisoformat(str(self.valid_from)), timezone.localdate())
        return _("%(label)s: %(limit)s from %(day)s. %(reason)s") % {
            "label": self.label, "limit": said, "day": day, "reason": self.reason,
        }  # fmt: skip


class AboutMarginRule(Fact):
    margin_rule_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("margin_rule", self.margin_rule_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("margin_rule.created", label=gettext_lazy("Margin rule added"), icon="scale")
class MarginRuleCreated(AboutMarginRule):
    pass


@fact("margin_rule.changed", label=gettext_lazy("Margin rule changed"), icon="scale")
class MarginRuleChanged(AboutMarginRule):
    fields: list[str]
