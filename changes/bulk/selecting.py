"""The records a person selected on a list, over its pages."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from changes.bulk.kinds import BulkKind
from changes.models import Selection
from foundation.errors import Refused
from foundation.search import among

LONGEST_QUERY = 2_000
NOT_FILTERS = ("cursor", "after", "sort", "columns", "view", "group")


def filter_only(kind: BulkKind, query: str) -> str:
    """A list's query string without its page and order, in one spelling: what decides which records are on it."""
    said = QueryDict(query[:LONGEST_QUERY].lstrip("?"), mutable=True)
    if kind.spelled is not None:
        kind.spelled(said)
    for name in NOT_FILTERS:
        said.pop(name, None)
    kept = QueryDict(mutable=True)
    for name in sorted(said):
        kept.setlist(name, sorted(value for value in said.getlist(name) if value))
    return kept.urlencode()


def selection_of(kind: BulkKind, person: Any, said: str) -> Selection:
    """By its token. Refused where it is not the person's or is gone."""
    try:
        token = UUID(said)
    except ValueError:
        token = None
    mine = Selection.objects.visible_to(person).filter(record=kind.record)
    found = mine.filter(token=token).first() if token else None
    if found is None:
        raise Refused(_("Tick something on the list first."))
    return found


def selected(kind: BulkKind, selection: Selection, person: Any) -> Any:
    """The records chosen, of those the person sees. Refused where the filter cannot be read: it would find all."""
    if not selection.is_everything:
        return among(kind.records(person), selection.keys)
    found = kind.filtered(QueryDict(selection.query), person)
    return found.exclude(pk__in=selection.left_out) if selection.left_out else found


def how_many(kind: BulkKind, selection: Selection, person: Any) -> int:
    return int(selected(kind, selection, person).order_by().values("pk").count())


def unreadable() -> Refused:
    return Refused(_("The filter of the list cannot be read. Choose again on the list."))
