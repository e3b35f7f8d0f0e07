"""What is decided about clients that may be one."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.facts import AboutAccount
from foundation.facts import fact


class AboutPair(AboutAccount):
    other_id: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), ("account", self.other_id)]


@fact("duplicate.dismissed", label=gettext_lazy("Not a duplicate"), icon="arrows-split")
class DuplicateDismissed(AboutPair):
    def sentence(self) -> str:
        return _("Looked at beside a similar client: these are two")


@fact("duplicate.reconsidered", label=gettext_lazy("Perhaps a duplicate after all"), icon="arrows-join")
class DuplicateReconsidered(AboutPair):
    def sentence(self) -> str:
        return _("To be looked at again beside a similar client")


@fact("duplicate.accepted", label=gettext_lazy("Added although it resembles others"), icon="copy-check")
class DuplicateAccepted(AboutAccount):
    """`others` are the clients or contacts that were shown."""

    others: list[int]
    reason: str = ""

    def sentence(self) -> str:
        if not self.reason:
            return _("Added although it resembles others")
        return _("Added although it resembles others: %(reason)s") % {"reason": self.reason}
