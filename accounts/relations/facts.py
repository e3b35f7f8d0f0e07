"""How clients come to stand to one another. Both timelines tell of it, and neither names the other client: not
everybody who reads the one may see the other."""

from django.utils.translation import gettext_lazy

from accounts.facts import AboutAccount
from foundation.facts import fact


class AboutRelation(AboutAccount):
    """`kind` is the key of a `RelationKind`."""

    other_id: int
    kind: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), ("account", self.other_id)]


@fact("relation.added", label=gettext_lazy("Related to another client"), icon="affiliate")
class RelationAdded(AboutRelation):
    pass


@fact("relation.changed", label=gettext_lazy("Relation to another client changed"), icon="affiliate")
class RelationChanged(AboutRelation):
    pass


@fact("relation.ended", label=gettext_lazy("Relation to another client ended"), icon="unlink")
class RelationEnded(AboutRelation):
    pass


@fact("relation.removed", label=gettext_lazy("Relation to another client removed"), icon="unlink")
class RelationRemoved(AboutRelation):
    pass
