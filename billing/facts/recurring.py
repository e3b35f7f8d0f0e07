"""What happens to invoices that come again."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy

from billing.repeating import words
from foundation.facts import Fact, fact
from users.dates import short_day


class AboutRecurring(Fact):
    recurring_id: int
    account_id: int
    deal_id: int | None
    owner_id: int | None
    title: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("recurring", self.recurring_id), ("account", self.account_id), ("deal", self.deal_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.title}"


@fact("recurring.started", label=gettext_lazy("Invoice repeats"), icon="repeat")
class RecurringStarted(AboutRecurring):
    rule: str

    def sentence(self) -> str:
        return f"{super().sentence()}, {words(self.rule)}"


@fact("recurring.changed", label=gettext_lazy("Recurring invoice changed"), icon="edit")
class RecurringChanged(AboutRecurring):
    fields: list[str]


@fact("recurring.assigned", label=gettext_lazy("Recurring invoice given to somebody"), icon="user-share")
class RecurringAssigned(AboutRecurring):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.from_name or '—'} → {self.to_name or '—'}"


@fact("recurring.stopped", label=gettext_lazy("Invoice repeats no more"), icon="player-pause")
class RecurringStopped(AboutRecurring):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}. {self.reason}"


@fact("recurring.resumed", label=gettext_lazy("Invoice repeats again"), icon="player-play")
class RecurringResumed(AboutRecurring):
    pass


class AboutRun(AboutRecurring):
    """Of a day: what was made of it, if anything."""

    on: date | str
    invoice_id: int | None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("invoice", self.invoice_id)]

    @property
    def day(self) -> str:
        return short_day(date.fromisoformat(str(self.on)), timezone.localdate())


@fact("recurring.invoiced", label=gettext_lazy("Invoice made again"), icon="file-plus")
class RecurringInvoiced(AboutRun):
    def sentence(self) -> str:
        return f"{super().sentence()}, {self.day}"


@fact("recurring.refused", label=gettext_lazy("Recurring invoice could not go on"), icon="alert-triangle")
class RecurringRefused(AboutRun):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}, {self.day}. {self.reason}"
