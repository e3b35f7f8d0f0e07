"""The record a run is about, as other pages name and link it."""

from typing import Any, NamedTuple

from django.http import Http404

from foundation.automation import all_subjects, subject
from users.models import User


class About(NamedTuple):
    """`url` is empty for whoever may not see the record, who reads its title all the same, and whom to ask: `owner`."""

    kind: str
    title: str
    url: str
    owner: str = ""


def about_of(kind: str, key: int, title: str, person: Any) -> About:
    """In one statement; for whoever may not see it, in two."""
    found = subject(kind) if kind in all_subjects() else None
    if found is None:
        return About(kind, title, "")
    label = str(found.label)
    if not found.page or not found.model._default_manager.visible_to(person).filter(pk=key).exists():
        return About(label, title, "", _owner_of(found, key))
    return About(label, title, found.page(key))


def _owner_of(found: Any, key: int) -> str:
    if not found.of_owner:
        return ""
    owners = found.model._default_manager.filter(pk=key).order_by().values(found.of_owner)
    return User.objects.filter(pk__in=owners).values_list("name", flat=True).first() or ""


def page_of(kind: str, key: int) -> str:
    """The record's address, whoever asks; empty for a kind without pages."""
    found = subject(kind) if kind in all_subjects() else None
    return found.page(key) if found is not None and found.page else ""


def labels() -> dict[str, str]:
    return {each.kind: str(each.label) for each in all_subjects().values()}


def known_kind(kind: str) -> Any:
    """What a room offered under a name that came with an address, and has pages; 404 for any other."""
    found = subject(kind) if kind in all_subjects() else None
    if found is None or not found.page:
        raise Http404
    return found


def kind_of(record: Any) -> str:
    """The kind of a record at hand; empty where no process can be about it."""
    return next(
        (each.kind for each in all_subjects().values() if each.page and type(record) is each.model), ""
    )
