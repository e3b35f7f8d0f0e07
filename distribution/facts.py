from typing import Any

from django.utils.translation import gettext_lazy

from distribution import words
from foundation.facts import Fact, fact


class About(Fact):
    account_id: int | None
    deal_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("deal", self.deal_id), ("account", self.account_id)]


class Given(About):
    """`left_out` are those who could not take it: [{"name", "why", "until"}]."""

    rule: str
    method: str
    to_name: str
    place: int
    among: int
    left_out: list[dict[str, Any]]
    is_fallback: bool

    def sentence(self) -> str:
        return words.given(
            self.to_name, self.rule, self.method, self.place, self.among, self.left_out, self.is_fallback
        )


class Queued(About):
    rule: str
    until: str
    left_out: list[dict[str, Any]]

    def sentence(self) -> str:
        return words.waits(self.rule, self.until, self.left_out)


@fact("lead.distributed", label=gettext_lazy("Lead given by a rule"), icon="arrows-split-2")
class LeadDistributed(Given):
    pass


@fact("deal.distributed", label=gettext_lazy("Deal given by a rule"), icon="arrows-split-2")
class DealDistributed(Given):
    pass


@fact("lead.queued", label=gettext_lazy("Lead waits for an owner"), icon="hourglass")
class LeadQueued(Queued):
    pass


@fact("deal.queued", label=gettext_lazy("Deal waits for an owner"), icon="hourglass")
class DealQueued(Queued):
    pass
