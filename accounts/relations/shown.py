"""Relations as the card and their own page show them. A client the reader may not see is there, but not named."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Account, Relation, RelationKind
from accounts.models.relation import said
from accounts.relations import holdings

MOST_ON_CARD = 20
MOST_ON_PAGE = 200


@dataclass(frozen=True, slots=True)
class ShownRelation:
    """`what` the other client is to this one; `name` and `url` are empty where the reader may not see it."""

    pk: int
    what: str
    name: str
    url: str
    period: str
    note: str
    is_over: bool
    is_upper: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A client of a tree with those below it."""

    name: str
    url: str
    what: str
    is_here: bool
    below: list["Branch"]


def relations_json(person: Any, most: int = MOST_ON_CARD) -> ArraySubquery:
    """For annotating accounts: their relations as JSON, those that are over last, one more than `most`."""
    upper = Q(from_account=OuterRef("pk"))
    seen = Account.objects.visible_to(person)
    ordered = (
        Relation.objects.filter(upper | Q(to_account=OuterRef("pk")))
        .annotate(
            other=Case(When(upper, then=F("to_account")), default=F("from_account")),
            is_upper=Case(When(upper, then=True), default=False, output_field=BooleanField()),
            other_name=Subquery(seen.filter(pk=OuterRef("other")).values("name")[:1]),
        )
        .order_by(F("until").desc(nulls_first=True), "kind__position", "kind", F("other_name").asc(), "pk")
    )
    return ArraySubquery(
        ordered.values(
            json=JSONObject(
                pk="pk",
                other="other",
                name="other_name",
                is_upper="is_upper",
                from_label="kind__from_label",
                to_label="kind__to_label",
                is_symmetric="kind__is_symmetric",
                in_tree="in_tree",
                since="since",
                until="until",
                note="note",
            )
        )[: most + 1]
    )


def shown_relations(rows: list[dict[str, Any]]) -> list[ShownRelation]:
    """Rows of `relations_json` in words."""
    today = timezone.localdate()
    return [_shown(row, today) for row in rows]


def tree(account: Account, person: Any) -> tuple[Branch | None, bool]:
    """(the whole tree a client stands in, whether there is more of it); None where it stands alone. Two statements."""
    nodes = holdings.tree_of(account.pk)
    if len(nodes) < 2:
        return None, False
    shown, more = nodes[: holdings.MOST_SHOWN], len(nodes) > holdings.MOST_SHOWN
    seen = Account.objects.visible_to(person).filter(pk__in=[node.pk for node in shown])
    names = dict(seen.order_by("pk").values_list("pk", "name"))
    words = {kind.pk: said(kind.other_label) for kind in RelationKind.objects.order_by("pk")}
    branches: dict[int, Branch] = {}
    for node in shown:
        branch = Branch(
            name=names.get(node.pk, ""),
            url=reverse("accounts:card", args=[node.pk]) if node.pk in names else "",
            what=words.get(node.kind_id or 0, ""),
            is_here=node.pk == account.pk,
            below=[],
        )
        branches[node.pk] = branch
        if node.upper is not None:
            branches[node.upper].below.append(branch)
    for branch in branches.values():
        branch.below.sort(key=lambda each: (not each.name, each.name.casefold()))
    return branches[shown[0].pk], more


def choices() -> list[tuple[str, str]]:
    """What another client can be to this one, as “<kind>:<side>” in words. One statement."""
    offered = []
    for kind in RelationKind.objects.filter(is_retired=False).order_by("position", "pk"):
        offered.append((f"{kind.pk}:from", capfirst(said(kind.from_label))))
        if not kind.is_symmetric:
            offered.append((f"{kind.pk}:to", capfirst(said(kind.to_label))))
    return offered


def _shown(row: dict[str, Any], today: date) -> ShownRelation:
    label = row["to_label"] if row["is_upper"] and not row["is_symmetric"] else row["from_label"]
    since, until = _day(row["since"]), _day(row["until"])
    return ShownRelation(
        pk=row["pk"],
        what=capfirst(said(label)),
        name=row["name"] or "",
        url=reverse("accounts:card", args=[row["other"]]) if row["name"] else "",
        period=_period(since, until),
        note=row["note"] if row["name"] else "",
        is_over=until is not None and (row["in_tree"] or until < today),
        is_upper=row["is_upper"],
    )


def _period(since: date | None, until: date | None) -> str:
    words = [formats.date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (since, until)]
    if since and until:
        return f"{words[0]} – {words[1]}"
    if since:
        return _("since %(day)s") % {"day": words[0]}
    return _("until %(day)s") % {"day": words[1]} if until else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
