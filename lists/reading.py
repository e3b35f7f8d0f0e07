"""What a person's lists look like, read with the person: no page pays a statement for its columns and tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import QueryDict

from lists.models import ListSetting, SavedView, Scope
from users.models import Role, User


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as its readers know it. `columns` is None where the view leaves them to the reader."""

    pk: int
    list: str
    name: str
    icon: str
    scope: str
    owner_id: int | None
    query: str
    columns: tuple[str, ...] | None
    sort: str
    grouping: str
    is_usual: bool

    @property
    def address(self) -> str:
        """The query string that shows the list as the view has it."""
        said = QueryDict(self.query, mutable=True)
        for name, value in (("sort", self.sort), ("group", self.grouping), ("view", str(self.pk))):
            if value:
                said[name] = value
        return said.urlencode(safe=",:;()")


@dataclass(frozen=True, slots=True)
class Setting:
    """`columns` and `pins` are None while the person has not arranged them."""

    columns: tuple[str, ...] | None = None
    pins: tuple[int, ...] | None = None


def read_with_person() -> dict[str, Any]:
    """For users.querysets: the settings and the views of a person, as JSON, beside their policy."""
    settings = ListSetting.objects.filter(person=OuterRef("pk")).order_by()
    views = SavedView.objects.filter(removed_at__isnull=True).filter(_in_scope()).order_by()
    usual_for = SavedView.usual_for.through.objects.filter(
        savedview=OuterRef("pk"), role__people=OuterRef(OuterRef("pk"))
    )
    kept = ("pk", "list", "name", "icon", "scope", "owner_id", "query", "columns", "sort", "grouping")
    shown = JSONObject(is_usual=Exists(usual_for), **{name: name for name in kept})
    return {
        "list_settings": ArraySubquery(
            settings.values(said=JSONObject(list="list", columns="columns", pins="pins"))
        ),
        "list_views": ArraySubquery(views.values(said=shown)),
    }


def _in_scope() -> Q:
    """Views of their own, and shared ones that reach the person around whom this is asked."""
    person = OuterRef("pk")
    in_role = Role.objects.filter(pk=OuterRef("role"), people=OuterRef(person))
    below = User.objects.filter(
        pk=OuterRef(person), department__path__startswith=OuterRef("department__path")
    )
    return (
        Q(owner=person)
        | Q(scope=Scope.EVERYONE)
        | (Q(scope=Scope.ROLE) & Exists(in_role))
        | (Q(scope=Scope.DEPARTMENT) & Exists(below))
    )


def views_of(person: Any, key: str) -> list[View]:
    """Views of a list this person may use: their own first, then by name."""
    found = [_view(each) for each in _read(person, "list_views") if each["list"] == key]
    return sorted(found, key=lambda view: (view.owner_id != person.pk, view.name.casefold(), view.pk))


def view_of(person: Any, key: str, pk: str) -> View | None:
    if not pk.isascii() or not pk.isdigit():
        return None
    return next((view for view in views_of(person, key) if view.pk == int(pk)), None)


def setting_of(person: Any, key: str) -> Setting:
    said = next((each for each in _read(person, "list_settings") if each["list"] == key), None)
    if said is None:
        return Setting()
    return Setting(_names(said["columns"]), _names(said["pins"]))


def _names(said: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if said is None else tuple(said)


def _view(said: dict[str, Any]) -> View:
    return View(**said | {"columns": _names(said["columns"])})


def _read(person: Any, name: str) -> list[dict[str, Any]]:
    if not hasattr(person, name):
        person = type(person).objects.with_policy().get(pk=person.pk)
    return list(getattr(person, name))
