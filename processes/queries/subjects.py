"""The record a run is about, as other pages name and link it."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from foundation.automation import all_subjects, subject
from users.models import User

MOST_BELONGING = 200


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


def way_to(kind: str, key: int) -> str:
    """For a row of a list: leads on to the record's page, whose address may cost a statement."""
    found = all_subjects().get(kind)
    return reverse("processes:record", args=[kind, key]) if found is not None and found.page else ""


def belonging_to(kind: str, key: int, person: Any) -> Q:
    """Of rows with a subject: those about a record and about what belongs to it, such as a client's deals and contacts,
    as far as the person sees them. A statement for each kind that can belong to it."""
    about = Q(subject_kind=kind, subject_id=key)
    for each in all_subjects().values():
        columns = {field.name for field in each.model._meta.concrete_fields if field.is_relation}
        if each.page and each.kind != kind and kind in columns:
            rows = each.model._default_manager.visible_to(person).filter(**{kind: key})
            keys = list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_BELONGING])
            if keys:
                about |= Q(subject_kind=each.kind, subject_id__in=keys)
    return about


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
