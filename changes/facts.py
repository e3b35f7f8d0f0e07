"""What happens to change-sets."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact


@fact("change_set.finished", label=gettext_lazy("Changes finished"), icon="checks")
class ChangeSetFinished(Fact):
    change_set_id: int
    kind: str
    title: str
    done: int = 0
    skipped: int = 0

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("change_set", self.change_set_id)]

    def sentence(self) -> str:
        return _("%(title)s: %(done)d done, %(skipped)d left out") % {
            "title": self.title,
            "done": self.done,
            "skipped": self.skipped,
        }
