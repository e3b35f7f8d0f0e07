"""What may stand between a deal and a stage, in words; and who counts what was done about a deal."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused

# How many things were done about these deals since a moment: rooms above deals know, deals only ask.
Counter = Callable[[Sequence[int], datetime], int]
counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """`counter(deal_ids, since)`: how many calls, meetings, messages or done tasks a room above has of the deals."""
    if counter not in counters:
        counters.append(counter)


def count_done(deal_ids: Sequence[int], since: datetime) -> int:
    return sum(counter(deal_ids, since) for counter in counters)


class Need(models.TextChoices):
    """What a deal may have to have before it enters a stage."""

    AMOUNT = "amount", gettext_lazy("amount")
    EXPECTED_CLOSE = "expected_close_on", gettext_lazy("expected close")
    CLIENT = "account", gettext_lazy("client")
    CONTACT = "contact", gettext_lazy("contact")
    SOURCE = "source", gettext_lazy("source")
    NEXT_STEP = "next_step", gettext_lazy("next step")
    PRODUCT = "product", gettext_lazy("product")


WANTING = {
    Need.AMOUNT: gettext_lazy("the amount is missing"),
    Need.EXPECTED_CLOSE: gettext_lazy("the expected close is missing"),
    Need.CLIENT: gettext_lazy("no client is chosen"),
    Need.CONTACT: gettext_lazy("no contact takes part"),
    Need.SOURCE: gettext_lazy("the source is missing"),
    Need.NEXT_STEP: gettext_lazy("no next step is planned"),
    Need.PRODUCT: gettext_lazy("no product is named"),
}


class Missing(NamedTuple):
    """`field` is a Need that a person can fill in on the spot, or what else is in the way: `roles`, `activities`,
    `skipped`, `next`. `clause` is its part of a longer sentence."""

    field: str
    clause: str

    @property
    def sentence(self) -> str:
        return f"{self.clause[:1].upper()}{self.clause[1:]}."

    @property
    def is_fillable(self) -> bool:
        return self.field in Need.values


class StageNotReady(Refused):
    """The rules of a stage stand against the move; `missing` says what, one thing each."""

    def __init__(self, stage: Any, missing: Sequence[Missing]) -> None:
        clauses = "; ".join(each.clause for each in missing)
        super().__init__(
            _("“%(stage)s” cannot be entered yet: %(missing)s.") % {"stage": stage.name, "missing": clauses}
        )
        self.entering = stage
        self.missing = tuple(missing)
