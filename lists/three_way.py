"""Two people change a record at once: what only one of them changed is kept, the rest is asked field by field.

A form carries, hidden, what it began with (`original`). When it is sent after somebody else was first, each field has
three values: mine, theirs and the original one. Rows of small forms (points, addresses) are merged as sets.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

VERSION, ORIGINAL, KEPT, TAKE = "version", "original", "conflicts", "take-"
LONGEST = 200_000  # characters of what a form says it began with
MINE, THEIRS = "mine", "theirs"
Rows = list[dict[str, str]]
BOTH = gettext_lazy("Somebody else changed the same fields meanwhile. Choose what stands in each, then save.")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field both changed; `offered` are (choice, what it is called, the value in words)."""

    name: str
    label: str
    offered: list[tuple[str, str, str]]


class Merging:
    """What was sent, brought up to the record as it is `now`.

    `now` makes the form of the record as it stands; `follows` names fields that go with another one, such as the key
    beside a name. Give `data` to the form. Where there are `conflicts`, ask; otherwise save over `version`.
    """

    def __init__(
        self,
        sent: QueryDict | None,
        now: Callable[[], forms.BaseForm],
        version: int,
        *,
        follows: Mapping[str, str] | None = None,
        rows: Mapping[str, Rows] | None = None,
    ) -> None:
        self.follows, self.rows = follows or {}, rows or {}
        self.conflicts: list[Conflict] = []
        self.kept = ""
        self.took_theirs: list[str] = []
        self.data: Any = sent
        if sent is not None:
            self.data = sent.copy()
            self._take_chosen()
            before = _unpacked(self.data.get(ORIGINAL, ""))
            # Rows may be added elsewhere without the record itself being counted on.
            for name, kept in self.rows.items():
                if name in before:
                    self._merge_rows(name, kept, before[name])
            if self.data.get(VERSION) and self.data.get(VERSION) != str(version):
                self._bring_up(now(), version, before)

    def original(self, form: forms.BaseForm) -> str:
        """For the hidden field: what this form began with."""
        if self.data is not None and self.data.get(ORIGINAL):
            return str(self.data[ORIGINAL])
        return _packed(self._now(form))

    def _now(self, form: forms.BaseForm) -> dict[str, Any]:
        fresh = {name: shown_value(form[name]) for name in form.fields if name != VERSION}
        return fresh | {name: _plain_rows(rows) for name, rows in self.rows.items()}

    def _bring_up(self, now: forms.BaseForm, version: int, before: Mapping[str, Any]) -> None:
        theirs = self._now(now)
        raw: dict[str, dict[str, Any]] = {}
        for name, field in now.fields.items():
            if name == VERSION or name in self.follows:
                continue
            if not _was_sent(field, name, self.data):
                self._put(now, name, theirs)
                continue
            mine, there, was = sent_value(field, name, self.data), theirs[name], before.get(name)
            if mine == there or (name in before and there == was):
                continue
            if name in before and mine == was:
                self._put(now, name, theirs)
                self.took_theirs.append(name)
                continue
            raw[name] = {MINE: mine, THEIRS: there} | ({ORIGINAL: was} if name in before else {})
            raw[name] |= {f"{follower}:{THEIRS}": theirs[follower] for follower in self._followers(name)}
            self.conflicts.append(_conflict(name, field, raw[name]))
        for name, kept in self.rows.items():
            if name not in before:
                self._merge_rows(name, kept, [])
        self.kept = _packed(raw)
        self.data[VERSION], self.data[ORIGINAL] = str(version), _packed(theirs)

    def _put(self, now: forms.BaseForm, name: str, theirs: Mapping[str, Any]) -> None:
        for each in (name, *self._followers(name)):
            put_value(self.data, each, theirs[each])

    def _followers(self, name: str) -> list[str]:
        return [follower for follower, leader in self.follows.items() if leader == name]

    def _take_chosen(self) -> None:
        """What was decided on the page of conflicts stands in place of what was typed."""
        for name, raw in _unpacked(self.data.get(KEPT, "")).items():
            choice = self.data.get(TAKE + name)
            if choice in (THEIRS, ORIGINAL) and isinstance(raw, dict) and choice in raw:
                put_value(self.data, name, raw[choice])
                for follower in self._followers(name):
                    put_value(self.data, follower, raw.get(f"{follower}:{choice}", ""))

    def _merge_rows(self, prefix: str, theirs: Rows, before: Any) -> None:
        """Theirs, with what I added and without what I took away; of a row both touched, mine."""
        names = list(theirs[0]) if theirs else None
        mine = _sent_rows(self.data, prefix, names)
        was = before if isinstance(before, list) else []
        kept, had, there = (_keyed(each) for each in (mine, was, _plain_rows(theirs)))
        taken_away = had.keys() - kept.keys()
        changed = {key: row for key, row in kept.items() if row != had.get(key)}
        merged = {key: row for key, row in there.items() if key not in taken_away} | changed
        _write_rows(self.data, prefix, list(merged.values()))


def shown_value(bound: forms.BoundField) -> Any:
    """What a browser sends when nobody touches the field: text, “on”, or a list of texts."""
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "on" if value else ""
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        return sorted(str(each) for each in value or [])
    if hasattr(value, "pk"):
        value = value.pk
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        shown = shown[0] if shown else ""
    return _text(shown)


def sent_value(field: forms.Field, name: str, data: QueryDict) -> Any:
    if isinstance(field.widget, forms.CheckboxInput):
        return "on" if data.get(name) else ""
    if isinstance(field.widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        return sorted(data.getlist(name))
    return _text(data.get(name))


def put_value(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, [str(each) for each in value])
    elif value == "" and name in data:
        data[name] = ""
    else:
        data[name] = str(value)


def _was_sent(field: forms.Field, name: str, data: QueryDict) -> bool:
    """An unticked box is not sent at all; any other field that is missing was not on the page."""
    ticked = forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.SelectMultiple
    return name in data or isinstance(field.widget, ticked)


def _conflict(name: str, field: forms.Field, raw: Mapping[str, Any]) -> Conflict:
    words = {MINE: _("Mine"), THEIRS: _("Theirs"), ORIGINAL: _("Original")}
    offered = [
        (choice, called, _in_words(field, raw[choice])) for choice, called in words.items() if choice in raw
    ]
    return Conflict(name, capfirst(str(field.label or name)), offered)


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return _("yes") if value else _("no")
    called: dict[str, str] = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    values: list[str] = value if isinstance(value, list) else [value]
    return ", ".join(called.get(each, each) for each in values if each != "") or "—"


def _keyed(rows: Rows) -> dict[tuple[str, ...], dict[str, str]]:
    """Rows by what makes them the same: kind and value where they have one, else all of it."""
    keyed = {}
    for row in rows:
        names = ("kind", "value") if "value" in row else sorted(row)
        keyed[tuple("".join(row.get(name, "").split()) for name in names)] = row
    return keyed


def _plain_rows(rows: Rows) -> Rows:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return _text(value)


def _sent_rows(data: QueryDict, prefix: str, names: list[str] | None) -> Rows:
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(int(total), 1000) if total.isascii() and total.isdigit() and len(total) < 6 else 0
    found: Rows = []
    for number in range(count):
        start = f"{prefix}-{number}-"
        row = {key.removeprefix(start): _text(data[key]) for key in data if key.startswith(start)}
        row = {name: _text(row.get(name)) for name in (names or row)}
        if any(value for name, value in row.items() if name not in ("kind", "is_preferred")):
            found.append(row)
    return found


def _write_rows(data: QueryDict, prefix: str, rows: Rows) -> None:
    for key in [key for key in data if key.startswith(f"{prefix}-") and not key.endswith("_FORMS")]:
        del data[key]
    for number, row in enumerate(rows):
        for name, value in row.items():
            if value:
                data[f"{prefix}-{number}-{name}"] = value
    data[f"{prefix}-TOTAL_FORMS"] = str(len(rows) + 1)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(rows))


def _text(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _packed(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _unpacked(text: str) -> dict[str, Any]:
    """What the page said it began with; a damaged one says nothing, and then every difference is asked about."""
    if not text or len(text) > LONGEST:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
