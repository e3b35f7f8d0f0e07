"""What whoever decides wants to know of the record: what the process itself asks about, then what is usual."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import capfirst

from foundation.automation import Field, all_fields, subject
from foundation.errors import Refused
from processes.conditions.checking import fields_of
from processes.conditions.loading import values_of
from processes.conditions.reading import read
from processes.conditions.sentences import Words
from processes.conditions.tree import Leaf, leaves
from processes.models import Run
from processes.running.reading import graph_of, starts_of

USUAL = ("amount", "stage", "client_name", "owner", "expected_close_on", "roles", "position", "due_on")
MOST = 8


def at_hand(run: Run, zone: ZoneInfo) -> list[tuple[str, str]]:
    """(label, words) of at most eight fields. One statement for the record, one for each list of words."""
    known = {name: field for name, field in fields_of(run.subject_kind).items() if field.kind != "list"}
    usual = (f"{run.subject_kind}.{name}" for name in USUAL)
    names = list(dict.fromkeys(name for name in (*_asked(run), *usual) if name in known))[:MOST]
    currency = f"{run.subject_kind}.currency"
    wanted = {*names, currency} & set(all_fields())
    values = values_of(subject(run.subject_kind).model, run.subject_id, wanted)
    words, money = Words(zone), str(values.get(currency) or "")
    shown = [name for name in names if values.get(name) not in (None, "", [])]
    return [(_label(known[name]), _said(words, known[name], values[name], money)) for name in shown]


def _asked(run: Run) -> Iterator[str]:
    """The fields that beginnings and choices of this version ask about, in their order."""
    conditions = [each.get("when") for each in starts_of(run.version_id)]
    conditions += [flow.when for flow in graph_of(run.version_id).flows]
    for condition in conditions:
        try:
            tree = read(condition) if condition else None
        except Refused:
            continue
        for leaf in leaves(tree) if tree is not None else ():
            if isinstance(leaf, Leaf):
                yield leaf.field


def _said(words: Words, field: Field, value: Any, currency: str) -> str:
    if field.kind == "text":
        return str(value)
    said = words.value(field, value)
    return (
        f"{said}\N{NO-BREAK SPACE}{currency}"
        if field.kind == "money" and not field.unit and currency
        else said
    )


def _label(field: Field) -> str:
    """“Deal: amount” beside a deal is its amount."""
    label = str(field.label)
    return capfirst(label.partition(": ")[2] or label)
