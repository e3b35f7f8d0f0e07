"""What happens when somebody's portfolio goes to others."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.facts import AboutAccount
from foundation.facts import Fact, fact


class AboutHandOver(Fact):
    hand_over_id: int
    user_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("hand_over", self.hand_over_id), ("user", self.user_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("hand_over.planned", label=gettext_lazy("Hand-over planned"), icon="user-share")
class HandOverPlanned(AboutHandOver):
    pass


@fact("hand_over.replanned", label=gettext_lazy("Hand-over divided otherwise"), icon="user-share")
class HandOverReplanned(AboutHandOver):
    n: int = 0


@fact("hand_over.started", label=gettext_lazy("Hand-over begun"), icon="user-share")
class HandOverStarted(AboutHandOver):
    change_set_id: int


@fact("hand_over.returned", label=gettext_lazy("Portfolio given back"), icon="arrow-back-up")
class HandOverReturned(AboutHandOver):
    change_set_id: int


@fact("account.entrusted", label=gettext_lazy("Client handed over"), icon="user-share")
class AccountEntrusted(AboutAccount):
    """With all that the one before had to do there."""

    hand_over_id: int
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return _("Handed over by %(before)s to %(after)s") % {"before": self.from_name, "after": self.to_name}
