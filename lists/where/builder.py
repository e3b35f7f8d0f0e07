"""The form that adds one condition: the field first, then how it is asked, each way with inputs of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lists.where.fields import CHOICE, DAY, ME, MOMENT, MONEY, NUMBER, RELATED, TEAM, TEXT, UNITS, Field
from lists.where.grammar import ALL, ANY, Condition, Group
from lists.where.sentences import OPS

MOST_CHOICES = 300
INPUTS = {TEXT: "text", NUMBER: "number", MONEY: "number", DAY: "date", MOMENT: "date"}


@dataclass(frozen=True)
class Input:
    name: str
    kind: str
    value: str
    label: Any
    options: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True)
class Way:
    """One way to ask about a field."""

    op: str
    label: Any
    is_chosen: bool
    inputs: tuple[Input, ...] = ()


def offered(fields: Mapping[str, Field]) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(what it is about, [(name, label)])]: the record's own fields first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for field in fields.values():
        groups.setdefault(str(field.about), []).append((field.name, str(field.label)))
    return list(groups.items())


def ways(field: Field, said: Any) -> list[Way]:
    """Every way to ask, with what was typed."""
    chosen = said.get("op", "")
    chosen = chosen if chosen in field.ops else field.ops[0]
    return [Way(op, _label(field, op), op == chosen, _inputs(field, op, said)) for op in field.ops]


def choices(field: Field, person: Any, said: Any) -> list[tuple[str, str, bool]]:
    """What a choice offers: (value, words, is chosen). One statement where records are chosen."""
    if field.kind != CHOICE:
        return []
    chosen = set(said.getlist("chosen"))
    found = [(ME, _("me")), (TEAM, _("my team"))] if field.is_person else []
    found += [(value, str(label)) for value, label in field.options]
    if field.records is not None:
        named = field.records(person).order_by("name", "pk").values_list("pk", "name")[:MOST_CHOICES]
        found += [(str(pk), name) for pk, name in named]
    return [(value, words, value in chosen) for value, words in found]


def condition_said(field: Field, said: Any) -> Condition:
    """What the form asks for; checked afterwards as any condition is."""
    op = said.get("op", "")
    if field.kind == CHOICE and op in {"in", "out"}:
        return Condition(field.name, op, tuple(said.getlist("chosen")))
    values = [said.get(each.name, "").strip() for each in _inputs(field, op, said)]
    if field.kind in {NUMBER, MONEY}:
        values = [
            value.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", ".") for value in values
        ]
    return Condition(field.name, op, tuple(values))


def places(tree: Group) -> list[tuple[str, Any]]:
    """Where a condition can go: to the others, into a group there is, or into one of its own."""
    outer = _("one of these is enough") if tree.is_any else _("all of these hold")
    groups = [str(place) for place, item in enumerate(tree.items) if isinstance(item, Group)]
    found = [("", _("to the others (%(how)s)") % {"how": outer})]
    found += [(place, _("into group %(n)d") % {"n": number}) for number, place in enumerate(groups, 1)]
    return [
        *found,
        (
            ALL if tree.is_any else ANY,
            _("a new group: all of it") if tree.is_any else _("a new group: any of it"),
        ),
    ]


def _label(field: Field, op: str) -> Any:
    if field.kind == RELATED and op == "has":
        return _("there are")
    return OPS[op]


def _inputs(field: Field, op: str, said: Any) -> tuple[Input, ...]:
    names = [f"{op}.0", f"{op}.1"]
    values = [said.get(name, "") for name in names]
    if op in {"empty", "filled", "in", "out"} or op not in field.ops:
        return ()
    if field.kind == RELATED:
        which = tuple((value, str(label), value == values[0]) for value, label in field.options)
        first = Input(names[0], "select", values[0], _("Which"), which)
        more = (Input(names[1], "number", values[1], _("How many")),) if op == "least" else ()
        return (first, *more)
    if op == "this":
        units = tuple((unit, str(label), unit == values[0]) for unit, label in UNITS.items())
        return (Input(names[0], "select", values[0], _("Period"), units),)
    if op in {"last", "next", "older"}:
        return (Input(names[0], "number", values[0], _("Days")),)
    kind = INPUTS[field.kind]
    first = Input(names[0], kind, values[0], _("From") if op == "between" else _("Value"))
    return (first, Input(names[1], kind, values[1], _("To"))) if op == "between" else (first,)
