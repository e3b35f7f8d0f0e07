from typing import Any

from django import template

from changes.bulk.kinds import BulkKind, kind_of
from changes.rights import BULK_EDIT

register = template.Library()


@register.filter
def may_bulk_edit(person: Any) -> bool:
    """Whether the rows of a list have boxes to tick for this person."""
    return bool(person.is_authenticated and person.may(BULK_EDIT))


@register.simple_tag
def bulk_kind(record: str) -> BulkKind:
    """What can be done with many records of a kind, and how it is said."""
    return kind_of(record)


@register.filter
def may(person: Any, verb: str) -> bool:
    """Whether this person has a right at all; how far it reaches is asked of each record."""
    return bool(person.is_authenticated and person.may(verb))
