"""What the steps of a process ask people to fill in, and how later steps know the answers: `answers.<name>`.

A step asks for fields of its record, named with a dot (`deal.amount`), which the record's own room writes; and for
questions of its own, without one, whose answers stay with the run.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.automation import Field, all_actions, options_of
from processes.conditions import loading
from processes.graph.model import Graph

OWN = "answers."
KINDS = {
    "text": gettext_lazy("one line of text"),
    "long_text": gettext_lazy("several lines of text"),
    "number": gettext_lazy("a number"),
    "money": gettext_lazy("an amount of money"),
    "date": gettext_lazy("a day"),
    "moment": gettext_lazy("a day and a time"),
    "boolean": gettext_lazy("yes or no"),
    "choice": gettext_lazy("one of a list"),
    "person": gettext_lazy("a colleague"),
}
# Kinds of questions that conditions know by another name.
KNOWN_AS = {"long_text": "text", "boolean": "choice"}

Asked = Mapping[str, Any]


def is_own(asked: Asked) -> bool:
    return bool(asked.get("name")) and "." not in str(asked["name"])


def writable(kind: str) -> dict[str, str]:
    """{field: kind of the argument}: what the room of a kind of record writes by its verb, `<kind>.change`."""
    action = all_actions().get(f"{kind}.change")
    return {f"{kind}.{name}": each for name, each in action.arguments.items()} if action else {}


def asked_of_calls(starts: Iterable[Mapping[str, Any]]) -> list[Asked]:
    """What calls from outside bring, of a process's beginnings; the first of a name counts."""
    asked = (each for start in starts if "call" in start for each in start.get("fields") or ())
    return list({each["name"]: each for each in reversed(list(asked)) if each.get("name")}.values())[::-1]


def own_fields(steps: Iterable[tuple[str, Iterable[Asked]]], subject: str) -> dict[str, Field]:
    """What conditions may ask about, of (name of the step, what it asks for). The first of a name counts."""
    found: dict[str, Field] = {}
    for step, asks in steps:
        for each in filter(is_own, asks):
            field = _own_field(each, step, subject)
            found.setdefault(field.name, field)
    return found


def asked_in(graph: Graph) -> Iterator[tuple[str, Asked]]:
    """(key of the node, what it asks for)."""
    for node in graph.nodes.values():
        for each in node.data.get("fields") or ():
            if isinstance(each, Mapping) and each.get("name"):
                yield node.key, each


def fields_of_graph(graph: Graph, subject: str) -> dict[str, Field]:
    steps = ((node.name, node.data.get("fields") or ()) for node in graph.nodes.values())
    return own_fields(steps, subject)


def answers_of_run(graph: Graph, kept: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """{answers.<name>: value} of what a run keeps, as conditions compare it; None for what nobody said yet."""
    said: dict[str, Any] = dict.fromkeys(fields)
    for key, each in asked_in(graph):
        name, value = f"{OWN}{each['name']}", kept.get(f"{key}.{each['name']}")
        if name in fields and value not in (None, ""):
            said[name] = loading.typed(fields[name], value)
            if each.get("kind") == "boolean":
                said[name] = "yes" if value else "no"
    return said


def options_of_asked(asked: Asked) -> list[tuple[str, str]]:
    """(value, label) of what is chosen from, as the question lists it."""
    pairs = (each if isinstance(each, list | tuple) else (each, each) for each in asked.get("options") or ())
    return [(str(value), str(label)) for value, label in pairs]


def _own_field(asked: Asked, step: str, subject: str) -> Field:
    kind = str(asked.get("kind") or "text")
    words = {"question": asked.get("label") or asked["name"], "step": step or _("a step")}
    options: Callable[[], Any] | None = None
    if kind == "choice":
        options = lambda: options_of_asked(asked)  # noqa: E731
    elif kind == "boolean":
        options = lambda: [("yes", _("yes")), ("no", _("no"))]  # noqa: E731
    elif kind == "person":
        options = lambda: options_of("person")  # noqa: E731
    label = _("%(question)s (asked in “%(step)s”)") % words
    return Field(f"{OWN}{asked['name']}", label, KNOWN_AS.get(kind, kind), "", subject, options)
