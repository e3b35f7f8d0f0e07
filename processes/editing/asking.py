"""A condition as rows of a form: a field, how it is asked about, a value. All of the rows hold, or any of them.

What a row cannot say (groups within groups, rows of lists) is kept as it was and read back as a sentence.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.automation import subject
from foundation.errors import Refused
from foundation.money import parsed_amount
from processes.conditions import checking, query, reading, sentences
from processes.conditions.tree import OPS, RELATIVE, label_of, ops_of
from processes.editing.around import Around, Options

MOST_ROWS = 20
CHOSEN = frozenset({"choice", "choices", "person"})
NUMBERS = frozenset({"number", "money"})


def condition_of(tree: Any, kind: str) -> Any:
    """The checked condition of a tree as it is kept. Raises Refused."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    return checking.checked(reading.read(tree), checking.fields_of(kind), zone)


def matching(tree: Any, kind: str, now: datetime) -> Any:
    """The records of a kind of which a condition holds now; all of them without one. Raises Refused."""
    rows = subject(kind).model._default_manager.all()
    return rows.filter(query.as_q(condition_of(tree, kind), now)) if tree else rows


def said(tree: Any) -> str:
    """A condition as the middle of a sentence; nothing for none."""
    if not tree or tree in ({"all": []}, {"any": []}):
        return ""
    return str(sentences.sentence_of_json(tree, ZoneInfo(settings.COMPANY_TIME_ZONE)))


@dataclass
class Row:
    """One question. `widget`: none, choice, several, number, days, date, text; `values` as they are shown."""

    number: int
    prefix: str
    name: str
    op: str
    values: list[str]
    ops: Options = field(default_factory=list)
    options: Options = field(default_factory=list)
    widget: str = "text"
    unit: Any = ""
    error: str = ""
    is_pair: bool = False

    @property
    def id(self) -> str:
        return f"{self.prefix}-{self.number}"

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""


class Asking:
    """The rows under one prefix, from a tree or from what was sent."""

    template = "processes/editing/conditions.html"

    def __init__(self, around: Around, prefix: str, tree: Any = None, said: Any = None) -> None:
        self.around, self.prefix = around, prefix
        self.kept: list[Any] = []
        self.join = "all"
        self.rows: list[Row] = []
        self.count: int | None = None
        if said is not None:
            self._read_said(said)
        elif tree:
            self._read_tree(tree)

    # --- from where it came

    def _read_tree(self, tree: Any) -> None:
        parts = [tree]
        if isinstance(tree, dict) and ("all" in tree or "any" in tree):
            ((self.join, parts),) = tree.items()
        for part in parts:
            if isinstance(part, list | tuple) and len(part) >= 2 and part[0] in self.around.fields:
                value = part[2] if len(part) > 2 else None
                values = value if isinstance(value, list | tuple) else [] if value is None else [value]
                self._add(part[0], part[1], [self._shown(part[0], each) for each in values])
            else:
                self.kept.append(part)

    def _shown(self, name: str, value: Any) -> str:
        return str(value).removesuffix(".00") if self.around.fields[name].kind == "money" else str(value)

    def _read_said(self, said: Any) -> None:
        self.join = "any" if said.get(f"{self.prefix}-join") == "any" else "all"
        kept = said.get(f"{self.prefix}-kept", "")
        if kept and not said.get(f"{self.prefix}-drop"):
            try:
                self.kept = list(json.loads(kept))
            except (ValueError, TypeError):
                self.kept = []
        for number in range(MOST_ROWS):
            name = said.get(f"{self.prefix}-{number}-field", "")
            if name in self.around.fields and said.get("again") != f"remove:{self.prefix}-{number}":
                op = said.get(f"{self.prefix}-{number}-op", "")
                self._add(name, op, said.getlist(f"{self.prefix}-{number}-value"))

    def _add(self, name: str, op: str, values: list[str]) -> None:
        asked = self.around.fields[name]
        ops = ops_of(asked.kind)
        if op not in ops:
            op, values = _usual_op(asked.kind, ops), []
        row = Row(len(self.rows), self.prefix, name, op, values)
        row.ops = [(each, label_of(each, asked.kind)) for each in ops]
        row.unit = asked.unit
        row.is_pair = OPS[op].takes == 2
        row.widget = self._widget(asked, op)
        if row.widget in ("choice", "several"):
            row.options = [(str(key), label) for key, label in self.around.options_of_field(asked)]
            # What is no longer offered stays to be seen, and to be taken away by hand.
            gone = [value for value in values if value and value not in dict(row.options)]
            row.options += [(value, _("no longer offered (%(key)s)") % {"key": value}) for value in gone]
        self.rows.append(row)

    def _widget(self, asked: Any, op: str) -> str:
        if OPS[op].takes == 0:
            return "none"
        if op in RELATIVE:
            return "days"
        if asked.kind in CHOSEN and asked.options is not None:
            return "several" if OPS[op].takes is None else "choice"
        if asked.kind in ("date", "moment"):
            return "date"
        return "number" if asked.kind in NUMBERS else "text"

    # --- for the template

    @property
    def spare(self) -> int:
        """The number of the empty row that adds a question."""
        return len(self.rows)

    @property
    def fields(self) -> Options:
        return [(name, each.label) for name, each in self.around.fields.items() if each.kind != "list"]

    @property
    def kept_json(self) -> str:
        return json.dumps(self.kept)

    @property
    def kept_words(self) -> list[str]:
        return [said(part) for part in self.kept]

    @property
    def count_words(self) -> str:
        return self.around.count_words(self.count)

    # --- back to a tree

    def tree(self) -> Any:
        """None where nothing is asked. Raises Refused, and marks the row, for a value that is none."""
        parts = [self._leaf(row) for row in self.rows] + self.kept
        if not parts:
            return None
        tree = {self.join: parts}
        condition_of(tree, self.around.kind)
        return tree

    def _leaf(self, row: Row) -> list[Any]:
        try:
            leaf = self._written(row)
            condition_of(leaf, self.around.kind)
        except Refused as refusal:
            row.error = refusal.message
            raise
        return leaf

    def _written(self, row: Row) -> list[Any]:
        takes = OPS[row.op].takes
        if takes == 0:
            return [row.name, row.op]
        values = [value.strip() for value in row.values if value.strip()]
        label = self.around.fields[row.name].label
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
        try:
            return int(matching(self.tree(), self.around.kind, now).order_by().count())
        except Refused:
            return None


def _usual_op(kind: str, ops: list[str]) -> str:
    if kind in NUMBERS and "gt" in ops:
        return "gt"
    return "in" if kind == "choices" and "in" in ops else ops[0]
