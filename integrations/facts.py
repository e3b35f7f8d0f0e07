"""What leaves the house."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.facts import Fact, fact


@fact("list.exported", label=gettext_lazy("List taken out as a file"), icon="file-export")
class ListExported(Fact):
    """`key` and `query` are the list's address; `rows` how many were there when it was asked for."""

    key: str
    title: str
    person_id: int
    query: str
    rows: int
    columns: list[str]
    reason: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("export", self.person_id)]

    def sentence(self) -> str:
        rows = ngettext("%(n)d row", "%(n)d rows", self.rows) % {"n": self.rows}
        return _("Taken out: %(list)s, %(rows)s") % {"list": self.title, "rows": rows}
