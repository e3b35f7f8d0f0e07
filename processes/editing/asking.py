"""A condition as rows of a form: a field, how it is asked about, a value; in groups of which all hold, any or none.

A group may be about the rows of a list: some of them, every one or none. What cannot be shown so (groups too deep,
fields that are gone) is kept as it was and read back as a sentence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.automation import subject
from foundation.errors import Refused
from foundation.money import parsed_amount
from processes.conditions import checking, query, reading, sentences
from processes.conditions.tree import OPS, label_of, ops_of
from processes.editing.around import Around, Options
from processes.editing.asked import shown_of, usual_op, widget_of
from processes.editing.grouping import joined, listed, of_list, written_as

MOST_ROWS = 20
DEEPEST = 3
NOTHING: Mapping[str, Any] = MappingProxyType({})
JOINS = [
    ("all", gettext_lazy("all have to be so")),
    ("any", gettext_lazy("one is enough")),
    ("none", gettext_lazy("none may be so")),
]
HOWS = [
    ("some", gettext_lazy("there is one where")),
    ("every", gettext_lazy("in every one")),
    ("none", gettext_lazy("there is none where")),
]


def condition_of(tree: Any, kind: str, own: Mapping[str, Any] = NOTHING) -> Any:
    """The checked condition of a tree as it is kept; `own` are fields only the process knows. Raises Refused."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    return checking.checked(reading.read(tree), {**checking.fields_of(kind), **own}, zone)


def matching(tree: Any, kind: str, now: datetime) -> Any:
    """The records of a kind of which a condition holds now; all of them without one. Raises Refused."""
    rows = subject(kind).model._default_manager.all()
    return rows.filter(query.as_q(condition_of(tree, kind), now)) if tree else rows


def said(tree: Any, own: Mapping[str, Any] = NOTHING) -> str:
    """A condition as the middle of a sentence; nothing for none."""
    if not tree or tree in ({"all": []}, {"any": []}):
        return ""
    return str(sentences.sentence_of_json(tree, ZoneInfo(settings.COMPANY_TIME_ZONE), own))


@dataclass
class Row:
    """One question. `widget`: none, choice, several, number, days, date, text; `values` as they are shown."""

    id: str
    field: Any
    op: str
    values: list[str]
    ops: Options = field(default_factory=list)
    options: Options = field(default_factory=list)
    widget: str = "text"
    unit: Any = ""
    error: str = ""
    is_pair: bool = False

    is_group = False

    @property
    def name(self) -> str:
        return str(self.field.name)

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""


@dataclass
class Group:
    """Questions and groups that all hold, or any, or none; of a list, `how` many of its rows they hold for."""

    id: str
    known: Mapping[str, Any]
    join: str = "all"
    parts: list[Any] = field(default_factory=list)
    of_list: Any = None
    how: str = "some"
    above: "Group | None" = None

    is_group = True

    @property
    def spare(self) -> str:
        """The id of the empty row that adds a question."""
        return f"{self.id}-{len(self.parts)}"

    @property
    def depth(self) -> int:
        return 0 if self.above is None else self.above.depth + 1

    @property
    def joins(self) -> list[tuple[str, Any]]:
        return JOINS

    @property
    def hows(self) -> list[tuple[str, Any]]:
        return HOWS

    @property
    def has_groups(self) -> bool:
        """There is a group beside its questions to move them into."""
        return any(each.is_group and each.of_list is None for each in self.parts)

    @property
    def is_left(self) -> bool:
        """Its questions can be moved out of it."""
        return self.above is not None and self.of_list is None

    @property
    def takes_groups(self) -> bool:
        return self.depth < DEEPEST

    @property
    def fields(self) -> Options:
        return [(name, each.label) for name, each in self.known.items() if each.kind != "list"]

    @property
    def lists(self) -> Options:
        if not self.takes_groups:
            return []
        return [(name, each.label) for name, each in self.known.items() if each.kind == "list"]

    def numbered(self) -> None:
        """Every part called by its place, after one was moved."""
        for number, each in enumerate(self.parts):
            each.id = f"{self.id}-{number}"
            if each.is_group:
                each.above = self
                each.numbered()


class Asking:
    """The questions under one prefix, from a tree or from what was sent."""

    template = "processes/editing/conditions.html"

    def __init__(
        self,
        around: Around,
        prefix: str,
        tree: Any = None,
        said: Any = None,
        own: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.around, self.prefix, self.own = around, prefix, own
        self.kept: list[Any] = []
        self.root = Group(prefix, {**around.fields, **own})
        self.count: int | None = None
        self.is_counting = False
        if said is not None:
            self._read_said(said)
        elif tree:
            self._read_tree(tree)
        self.root.numbered()

    @property
    def rows(self) -> list[Any]:
        return self.root.parts

    @property
    def join(self) -> str:
        return self.root.join

    # --- from a tree

    def _read_tree(self, tree: Any) -> None:
        self.root.join, parts = joined(tree)
        for part in parts:
            if (found := self._part_of(part, self.root)) is not None:
                self.root.parts.append(found)
            else:
                self.kept.append(part)

    def _part_of(self, part: Any, group: Group) -> Any:
        """A row or a group of a part of a tree; None where it cannot be shown as one."""
        if isinstance(part, list | tuple) and len(part) >= 2 and part[0] in group.known:
            value = part[2] if len(part) > 2 else None
            values = value if isinstance(value, list | tuple) else [] if value is None else [value]
            asked = group.known[part[0]]
            return self._row("", asked, part[1], [shown_of(asked, each) for each in values])
        if not isinstance(part, dict) or not group.takes_groups:
            return None
        if (found := listed(part)) is not None:
            return self._list_of(*found, group)
        join, parts = joined(part)
        return self._group_of(Group("", group.known, join, above=group), parts)

    def _list_of(self, how: str, name: str, inner: Any, group: Group) -> Group | None:
        asked = group.known.get(name)
        if asked is None or asked.kind != "list":
            return None
        join, parts = joined(inner)
        made = Group("", checking.fields_of(asked.of), join, of_list=asked, how=how, above=group)
        return self._group_of(made, parts)

    def _group_of(self, group: Group, parts: Any) -> Group | None:
        group.parts = [self._part_of(each, group) for each in parts]
        return None if None in group.parts else group

    # --- from what was sent

    def _read_said(self, said: Any) -> None:
        kept = said.get(f"{self.prefix}-kept", "")
        if kept and not said.get(f"{self.prefix}-drop"):
            try:
                self.kept = list(json.loads(kept))
            except (ValueError, TypeError):
                self.kept = []
        moved = _Moving(*str(said.get("again", "")).partition(":")[::2])
        moved.see(self.root, None)
        self._read_group(self.root, said, moved)
        moved.done()

    def _read_group(self, group: Group, said: Any, moved: "_Moving") -> None:
        join = said.get(f"{group.id}-join", "")
        group.join = join if join in dict(JOINS) else "all"
        for number in range(MOST_ROWS):
            key = f"{group.id}-{number}"
            name = said.get(f"{key}-field", "") or said.get(f"{key}-list", "")
            asked = group.known.get(name)
            part: Any = None
            if asked is not None and asked.kind == "list" and group.takes_groups:
                how = said.get(f"{key}-how", "")
                known = checking.fields_of(asked.of)
                part = Group(key, known, of_list=asked, how=how if how in dict(HOWS) else "some", above=group)
            elif asked is not None and asked.kind != "list":
                part = self._row(key, asked, said.get(f"{key}-op", ""), said.getlist(f"{key}-value"))
            elif f"{key}-join" in said and group.takes_groups:
                part = Group(key, group.known, above=group)
            if part is not None:
                group.parts.append(part)
                moved.see(part, group)
                if part.is_group:
                    self._read_group(part, said, moved)

    def _row(self, key: str, asked: Any, op: str, values: list[str]) -> Row:
        ops = ops_of(asked.kind)
        if op not in ops:
            op, values = usual_op(asked.kind, ops), []
        row = Row(key, asked, op, values)
        row.ops = [(each, label_of(each, asked.kind)) for each in ops]
        row.unit = asked.unit
        row.is_pair = OPS[op].takes == 2
        row.widget = widget_of(asked, op)
        if row.widget in ("choice", "several"):
            row.options = [(str(key), label) for key, label in self.around.options_of_field(asked)]
            # What is no longer offered stays to be seen, and to be taken away by hand.
            gone = [value for value in values if value and value not in dict(row.options)]
            row.options += [(value, _("no longer offered (%(key)s)") % {"key": value}) for value in gone]
        return row

    # --- for the template

    @property
    def fields(self) -> Options:
        return self.root.fields

    @property
    def kept_json(self) -> str:
        return json.dumps(self.kept)

    @property
    def kept_words(self) -> list[str]:
        return [said(part, self.own) for part in self.kept]

    @property
    def count_words(self) -> str:
        return self.around.count_words(self.count)

    # --- back to a tree

    def tree(self) -> Any:
        """None where nothing is asked. Raises Refused, and marks the row, for a value that is none."""
        parts = [*self._parts(self.root), *self.kept]
        if not parts:
            return None
        tree = written_as(self.root.join, parts)
        condition_of(tree, self.around.kind, self.own)
        return tree

    def _parts(self, group: Group) -> list[Any]:
        """Those of a group that ask something; an empty group says nothing."""
        found = []
        for each in group.parts:
            if not each.is_group:
                found.append(self._leaf(each))
            elif (parts := self._parts(each)) and each.of_list is not None:
                found.append(of_list(each.how, each.of_list.name, written_as(each.join, parts)))
            elif parts:
                found.append(written_as(each.join, parts))
        return found

    def _leaf(self, row: Row) -> list[Any]:
        try:
            leaf = self._written(row)
            condition_of(leaf, row.field.subject, {row.name: row.field})
        except Refused as refusal:
            # A row that is still being made is not wrong yet.
            row.error = row.error if self.is_counting else refusal.message
            raise
        return leaf

    def _written(self, row: Row) -> list[Any]:
        takes = OPS[row.op].takes
        if takes == 0:
            return [row.name, row.op]
        values = [value.strip() for value in row.values if value.strip()]
        label = row.field.label
        if not values or (takes == 2 and len(values) < 2):
            raise Refused(_("Say what “%(field)s” is compared with.") % {"field": label})
        given = [self._value(row, value) for value in values]
        return [row.name, row.op, given[0] if takes == 1 else given]

    def _value(self, row: Row, text: str) -> Any:
        if row.widget == "number":
            try:
                number = parsed_amount(text, get_language() or "en")
                return f"{number.quantize(1) if number == int(number) else number.normalize():f}"
            except ValueError as trouble:
                raise Refused(str(trouble)) from trouble
        if row.widget == "days" or (row.widget in ("choice", "several") and text.isdigit()):
            return int(text) if text.isdigit() else text
        return text

    def matches(self, now: datetime) -> int | None:
        """How many records it holds for now; None while it cannot be told."""
        self.is_counting = True
        try:
            return int(matching(self.tree(), self.around.kind, now).order_by().count())
        except Refused:
            return None
        finally:
            self.is_counting = False


class _Moving:
    """What a button of the builder does with a part: taken away, moved out of its group or into one beside it."""

    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        self.part: Any = None
        self.group: Group | None = None

    def see(self, part: Any, group: Group | None) -> None:
        if part.id == self.key:
            self.part, self.group = part, group

    def done(self) -> None:
        if self.part is None:
            return
        if self.what == "group" and self.part.is_group and self.part.takes_groups:
            self.part.parts.append(Group("", self.part.known, "any", above=self.part))
        elif self.group is not None:
            place = self.group.parts.index(self.part)
            if self.what == "remove":
                self.group.parts.remove(self.part)
            elif self.what == "out" and self.group.is_left and self.group.above is not None:
                self.group.parts.remove(self.part)
                above = self.group.above.parts
                above.insert(above.index(self.group) + 1, self.part)
            elif self.what == "in":
                self._into(place)

    def _into(self, place: int) -> None:
        """The nearest group beside it, the one after it before the one ahead of it."""
        assert self.group is not None
        parts = self.group.parts
        beside = [each for each in [*parts[place + 1 :], *reversed(parts[:place])] if each.is_group]
        target = next((each for each in beside if each.of_list is None), None)
        if target is not None:
            parts.remove(self.part)
            target.parts.append(self.part)
