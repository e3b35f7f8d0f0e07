"""What happens to deals."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.custom.definitions import field_words
from accounts.facts import because
from foundation.facts import Fact, fact
from foundation.money import money_text
from users.dates import short_day


class AboutDeal(Fact):
    deal_id: int
    account_id: int | None
    title: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("deal", self.deal_id), ("account", self.account_id)]


@fact("deal.created", label=gettext_lazy("Deal opened"), icon="plus")
class DealCreated(AboutDeal):
    stage: str
    amount: Decimal | str | None = None
    currency: str = ""

    def sentence(self) -> str:
        if self.amount is None:
            return _("Deal opened: %(title)s") % {"title": self.title}
        amount = money_text(Decimal(self.amount), self.currency, get_language() or "en")
        return _("Deal opened: %(title)s, %(amount)s") % {"title": self.title, "amount": amount}


@fact("deal.changed", label=gettext_lazy("Deal changed"), icon="edit")
class DealChanged(AboutDeal):
    fields: list[str]

    def sentence(self) -> str:
        from deals.models import Deal

        return _("Changed: %(fields)s") % {"fields": field_words(Deal, "deal", self.fields)}


class AboutMove(AboutDeal):
    from_stage_id: int
    from_stage: str
    to_stage_id: int
    to_stage: str
    override_reason: str = ""

    def sentence(self) -> str:
        return self.with_reason(
            _("%(title)s: %(before)s → %(after)s")
            % {"title": self.title, "before": self.from_stage, "after": self.to_stage}
        )

    def with_reason(self, sentence: str) -> str:
        """Why it was done although the rules of the stage stood against it."""
        if not self.override_reason:
            return sentence
        said = {"sentence": sentence, "reason": self.override_reason}
        return _("%(sentence)s. Against the rules of the stage: %(reason)s") % said


@fact("deal.moved", label=gettext_lazy("Deal moved"), icon="arrow-right")
class DealMoved(AboutMove):
    pass


@fact("deal.transferred", label=gettext_lazy("Deal moved to another pipeline"), icon="arrows-exchange")
class DealTransferred(AboutMove):
    from_pipeline: str
    to_pipeline: str

    def sentence(self) -> str:
        said = {
            "title": self.title,
            "before": f"{self.from_pipeline}, {self.from_stage}",
            "after": f"{self.to_pipeline}, {self.to_stage}",
        }
        return self.with_reason(_("%(title)s: %(before)s → %(after)s") % said)


@fact("deal.won", label=gettext_lazy("Deal won"), icon="trophy")
class DealWon(AboutMove):
    amount: Decimal | str | None = None
    currency: str = ""
    base_amount: Decimal | str | None = None

    def sentence(self) -> str:
        if self.amount is None:
            return self.with_reason(_("Won: %(title)s") % {"title": self.title})
        amount = money_text(Decimal(self.amount), self.currency, get_language() or "en")
        return self.with_reason(_("Won: %(title)s, %(amount)s") % {"title": self.title, "amount": amount})


@fact("deal.lost", label=gettext_lazy("Deal lost"), icon="mood-sad")
class DealLost(AboutMove):
    reason: str
    note: str = ""

    def sentence(self) -> str:
        return _("Lost: %(title)s. %(reason)s") % {"title": self.title, "reason": self.reason}


@fact("deal.reopened", label=gettext_lazy("Deal reopened"), icon="refresh")
class DealReopened(AboutMove):
    def sentence(self) -> str:
        return _("Reopened: %(title)s, now in %(after)s") % {"title": self.title, "after": self.to_stage}


@fact("deal.assigned", label=gettext_lazy("Deal given to another owner"), icon="user-share")
class DealAssigned(AboutDeal):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        nobody = _("nobody")
        return _("Owner: %(before)s → %(after)s") % {
            "before": self.from_name or nobody,
            "after": self.to_name or nobody,
        }


@fact("deal.next_step_planned", label=gettext_lazy("Next step planned"), icon="calendar-plus")
class DealNextStepPlanned(AboutDeal):
    next_step: str
    next_step_on: date | str | None = None

    def sentence(self) -> str:
        if not self.next_step_on:
            return _("Next step cleared")
        day = (
            self.next_step_on
            if isinstance(self.next_step_on, date)
            else date.fromisoformat(self.next_step_on)
        )
        shown = short_day(day, timezone.localdate())
        return _("Next step on %(day)s: %(text)s") % {"day": shown, "text": self.next_step or "—"}


class AboutDealContact(AboutDeal):
    contact_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("contact", self.contact_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("deal.contact_joined", label=gettext_lazy("Takes part in the deal"), icon="user-plus")
class DealContactJoined(AboutDealContact):
    role: str


@fact("deal.contact_left", label=gettext_lazy("No longer takes part in the deal"), icon="user-minus")
class DealContactLeft(AboutDealContact):
    pass


class AboutColleague(AboutDeal):
    user_id: int
    name: str

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("deal.estimated", label=gettext_lazy("Probability estimated"), icon="percentage")
class DealEstimated(AboutDeal):
    before: int | None
    percent: int | None
    reason: str = ""

    def sentence(self) -> str:
        if self.percent is None:
            return _("Own estimate taken back: the stage's probability counts again")
        said = {"percent": self.percent, "reason": self.reason}
        return _("Estimated at %(percent)s%%: %(reason)s") % said


@fact("deal.colleague_joined", label=gettext_lazy("Works on the deal"), icon="users-plus")
class DealColleagueJoined(AboutColleague):
    pass


@fact("deal.colleague_left", label=gettext_lazy("No longer works on the deal"), icon="users-minus")
class DealColleagueLeft(AboutColleague):
    pass


class AboutDealLine(AboutDeal):
    product: str

    def sentence(self) -> str:
        return f"{self.label}: {self.product}"


@fact("deal.product_added", label=gettext_lazy("Product added to the deal"), icon="package")
class DealProductAdded(AboutDealLine):
    quantity: Decimal | str


@fact("deal.product_removed", label=gettext_lazy("Product taken off the deal"), icon="package-off")
class DealProductRemoved(AboutDealLine):
    pass


@fact("deal.trashed", label=gettext_lazy("Deal put into the trash"), icon="trash")
class DealTrashed(AboutDeal):
    reason: str = ""

    def sentence(self) -> str:
        return _("Put into the trash: %(what)s") % {"what": because(self.title, self.reason)}


@fact("deal.restored", label=gettext_lazy("Deal taken out of the trash"), icon="trash-off")
class DealRestored(AboutDeal):
    def sentence(self) -> str:
        return _("Taken out of the trash: %(what)s") % {"what": self.title}
