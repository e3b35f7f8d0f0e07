"""What is learned about a client."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.facts import AboutAccount
from foundation.facts import fact


@fact("criterion.answered", label=gettext_lazy("Criterion answered"), icon="list-check")
class CriterionAnswered(AboutAccount):
    """`word` is yes, no or unknown; `before` the answer until then."""

    question: str
    word: str
    before: str = "unknown"
    note: str = ""

    def sentence(self) -> str:
        from accounts.models.criterion import Word

        said = {"question": self.question, "word": Word(self.word).label, "note": self.note}
        if self.note:
            return _("%(question)s %(word)s (%(note)s)") % said
        return _("%(question)s %(word)s") % said
