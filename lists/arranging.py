"""A list as one person looks at it now: which view, columns and tabs. The address says it, else their settings.

`view=12` in the address means that what stands beside it began as that view; `columns=` are chosen on top of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from lists.reading import Setting, View, setting_of, view_of, views_of
from lists.registry import Column, RecordList, doors_for

VIEW, COLUMNS, SORT, GROUP, EVERYTHING = "view", "columns", "sort", "group", "all"
PAGING = ("cursor", "after")
NOT_FILTERS = frozenset({VIEW, COLUMNS, SORT, GROUP, *PAGING, "layout"})
MOST_TABS = 8
SAFE = ",:;()"


@dataclass(frozen=True)
class Tab:
    name: str
    icon: str
    url: str
    is_current: bool
    is_changed: bool = False


@dataclass(frozen=True)
class Arrangement:
    """`here` is the page's address, a list or a board of it."""

    of: RecordList
    person: Any
    query: Any
    here: str

    @cached_property
    def view(self) -> View | None:
        return view_of(self.person, self.of.key, self.query.get(VIEW, ""))

    @cached_property
    def columns(self) -> list[Column]:
        return self.of.chosen(self.column_names)

    @property
    def edits(self) -> str:
        """Names of the columns in their order, empty where this person changes no cell of it; "" where of none."""
        may = [bool(each.editor) and self.person.may(each.editor.right) for each in self.columns]  # type: ignore[union-attr]
        names = [each.name if open_to else "" for each, open_to in zip(self.columns, may, strict=True)]
        return ",".join(names) if self.of.cells and any(names) else ""

    @property
    def column_names(self) -> Sequence[str] | None:
        """As the address, the view or the person's own setting has them; None for the usual ones."""
        said = self.query.get(COLUMNS, "")
        if said:
            return names_said(said)
        if self.view is not None and self.view.columns is not None:
            return self.view.columns
        return self.setting.columns

    @cached_property
    def setting(self) -> Setting:
        return setting_of(self.person, self.of.key)

    @cached_property
    def views(self) -> list[View]:
        return views_of(self.person, self.of.key)

    @property
    def is_changed(self) -> bool:
        """Whether what is shown is no longer what its view has kept."""
        view = self.view
        if view is None:
            return False
        if same_filters(self.query) != same_filters(QueryDict(view.query)):
            return True
        if (self.query.get(SORT, ""), self.query.get(GROUP, "")) != (view.sort, view.grouping):
            return True
        said = self.query.get(COLUMNS, "")
        return bool(said) and names_said(said) != (view.columns or ())

    @property
    def may_save(self) -> bool:
        return self.view is not None and (
            self.view.owner_id == self.person.pk or self.person.may("admin.configure")
        )

    @property
    def is_worth_saving(self) -> bool:
        """Without a view: whether anything is asked for that a view could keep."""
        return self.view is None and any(
            self.query.get(name) for name in self.query if name not in {VIEW, *PAGING}
        )

    @property
    def tabs(self) -> list[Tab]:
        """Everything, the views pinned (all, until any is unpinned), and always the one that is open."""
        view, shown = self.view, self._pinned[:MOST_TABS]
        if view is not None and view not in shown:
            shown = [*shown, view]
        everything = Tab(
            _("All"), "list", f"{self.here}?{VIEW}={EVERYTHING}", view is None and not self.is_worth_saving
        )
        return [everything, *(self._tab(each) for each in shown)] if self.views else []

    @property
    def others(self) -> list[Tab]:
        """Views that are no tabs."""
        tabs = {tab.url for tab in self.tabs}
        return [tab for tab in (self._tab(each) for each in self.views) if tab.url not in tabs]

    @property
    def here_and_now(self) -> str:
        """This page with what was asked, for links that lead back to it."""
        said = self.query.copy()
        for name in PAGING:
            said.pop(name, None)
        return f"{self.here}?{said.urlencode(safe=SAFE)}" if said else self.here

    @property
    def groupings(self) -> list[Tab]:
        """Links to the list grouped in each way there is, and to it in one piece."""
        now = self.query.get(GROUP, "")
        offered: dict[str, Any] = {"": _("Not grouped"), **self.of.groupings} if self.of.groupings else {}
        return [Tab(str(label), "", self._grouped_by(name), name == now) for name, label in offered.items()]

    def _grouped_by(self, name: str) -> str:
        said = self.query.copy()
        for each in (GROUP, *PAGING):
            said.pop(each, None)
        if name:
            said[GROUP] = name
        elif self.view is None and not said:
            said[VIEW] = EVERYTHING
        return f"?{said.urlencode(safe=SAFE)}"

    @property
    def chooser_url(self) -> str:
        return self._door("lists:columns")

    @property
    def manage_url(self) -> str:
        return self._door("lists:views")

    @property
    def save_as_url(self) -> str:
        return self._door("lists:view_create")

    @property
    def where_url(self) -> str:
        return self._door("lists:where")

    @property
    def doors(self) -> list[Tab]:
        """What rooms above offer for the list as it stands here."""
        said = self.query.copy()
        for name in (*PAGING, "layout"):
            said.pop(name, None)
        return [
            Tab(
                str(door.label),
                door.icon,
                f"{reverse(door.url_name, args=[self.of.key])}?{said.urlencode(safe=SAFE)}",
                False,
            )
            for door in doors_for(self.person)
        ]

    @property
    def save_url(self) -> str:
        return reverse("lists:view_keep", args=[self.view.pk]) if self.view else ""

    @property
    def reset_url(self) -> str:
        return f"{self.here}?{self.view.address}" if self.view else self.here

    def _door(self, name: str) -> str:
        return f"{reverse(name)}?{urlencode({'list': self.of.key, 'next': self.here_and_now})}"

    @property
    def _pinned(self) -> list[View]:
        if self.setting.pins is None:
            return self.views
        by_key = {view.pk: view for view in self.views}
        return [by_key[pk] for pk in self.setting.pins if pk in by_key]

    def _tab(self, view: View) -> Tab:
        is_current = self.view == view
        url = f"{self.here}?{view.address}"
        return Tab(view.name, view.icon, url, is_current, is_current and self.is_changed)


def opening_address(record_list: RecordList, person: Any, query: Any) -> str:
    """The query string a bare address opens with: a view named alone, or the one this person's role sees first."""
    names = {name for name in query if name not in PAGING}
    if names == {VIEW}:
        view = view_of(person, record_list.key, query[VIEW])
        is_said_already = view is not None and view.address == f"{VIEW}={view.pk}"
        return view.address if view is not None and not is_said_already else ""
    if names:
        return ""
    usual = [view for view in views_of(person, record_list.key) if view.is_usual]
    return usual[0].address if usual else ""


def filters_of(query: Any) -> str:
    """The filters of an address, which is what a view keeps of it."""
    said = query.copy()
    for name in NOT_FILTERS:
        said.pop(name, None)
    for name in [name for name in said if not any(said.getlist(name))]:
        said.pop(name)
    return str(said.urlencode(safe=SAFE))


def same_filters(query: Any) -> list[tuple[str, str]]:
    """Two addresses with equal answers ask for the same."""
    return sorted(
        (name, value)
        for name, values in query.lists()
        if name not in NOT_FILTERS
        for value in values
        if value
    )


def names_said(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in said.split(",") if part.strip()))


def with_columns(address: str, names: Iterable[str] | None) -> str:
    """The address with these columns said in it; None takes them out."""
    path, _mark, query = address.partition("?")
    said = QueryDict(query, mutable=True)
    said.pop(COLUMNS, None)
    if names is not None:
        said[COLUMNS] = ",".join(names)
    return f"{path}?{said.urlencode(safe=SAFE)}" if said else path
