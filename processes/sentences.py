"""Each block read back as a sentence, in the reader's language. Pure: the names it needs are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processes.graph.model import Kind, Node

Plain = Mapping[str, Any]

UNITS = {
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "working_hours": gettext_lazy("working hours"),
    "working_days": gettext_lazy("working days"),
}
OUTCOMES = {
    "done": gettext_lazy("done"),
    "declined": gettext_lazy("declined"),
    "cancelled": gettext_lazy("cancelled"),
}


@dataclass(frozen=True)
class Names:
    """What things are called; what is not here is shown as it is written. `blocks`: id → title, for ways back;
    `own`: what earlier steps asked for, name → Field."""

    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, Any] = field(default_factory=dict)
    processes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    blocks: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    departments: Mapping[int, Any] = field(default_factory=dict)


NO_NAMES = Names()


def sentence(block: Plain | Node, names: Names = NO_NAMES) -> str:
    """What a block of an outline, or a node of a graph, does. Empty for a helper node that says nothing."""
    said = _as_block(block) if isinstance(block, Node) else block
    words = SENTENCES.get(said["kind"])
    return words(said, names) if words else ""


def duration_words(duration: Plain) -> str:
    """{"amount": 2, "unit": "working_days"} → “2 working days”. The sign is not said."""
    count = abs(int(duration.get("amount") or 0))
    match duration.get("unit"):
        case "minutes":
            text = ngettext("%(count)d minute", "%(count)d minutes", count)
        case "hours":
            text = ngettext("%(count)d hour", "%(count)d hours", count)
        case "working_hours":
            text = ngettext("%(count)d working hour", "%(count)d working hours", count)
        case "working_days":
            text = ngettext("%(count)d working day", "%(count)d working days", count)
        case _days:
            text = ngettext("%(count)d day", "%(count)d days", count)
    return text % {"count": count}


def who_words(who: Plain | None, names: Names = NO_NAMES) -> str:
    """Who is meant, as the middle of a sentence: “the owner's head”."""
    said = who or {}
    role = {"role": names.roles.get(said.get("key", ""), said.get("key", ""))}
    match said.get("kind"):
        case "person":
            return names.people.get(said.get("id", 0)) or _("somebody who is no longer here")
        case "people":
            several = [names.people.get(each, "?") for each in said.get("ids", ())]
            return _or(several)
        case "department":
            if said.get("id") is None:
                return _("somebody of the owner's department")
            named = {"name": names.departments.get(said["id"], "?")}
            return _("somebody of the department “%(name)s”") % named
        case "role":
            return _("somebody of the role “%(role)s”") % role
        case "least_busy":
            return _("whoever is least busy of the role “%(role)s”") % role
        case "in_turn":
            return _("the next in turn of the role “%(role)s”") % role
        case "owner":
            return _("the owner")
        case "head":
            return _("the owner's head")
        case "starter":
            return _("whoever started it")
    return _("nobody yet")


def _or(names: list[str]) -> str:
    """“Ann, Bo or Cy”."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _asked_all(asked: Plain, names: Names) -> str:
    """Several people of whom each is asked, as the beginning of a sentence."""
    match asked.get("kind"):
        case "role":
            return _("the role “%(role)s”") % {"role": _named(names.roles, asked.get("key", ""))}
        case "department" if asked.get("id") is None:
            return _("the owner's department")
        case "department":
            return _("the department “%(name)s”") % {"name": names.departments.get(asked["id"], "?")}
        case "people":
            return ", ".join(names.people.get(each, "?") for each in asked.get("ids", ()))
    return who_words(asked, names)


def deadline_words(deadline: Plain, names: Names = NO_NAMES) -> str:
    """What happens before and after a deadline: “A reminder comes 2 hours before. If late by 1 day: remind.”"""
    parts = []
    if deadline.get("side") == "client":
        parts.append(_("The client is waited for."))
    if warnings := deadline.get("warn"):
        times = ", ".join(duration_words(each) for each in warnings)
        parts.append(_("A reminder comes %(times)s before the deadline.") % {"times": times})
    late = [
        _late_words(each, names, is_first=not number)
        for number, each in enumerate(deadline.get("late") or ())
    ]
    if late:
        parts.append("; ".join(late) + ".")
    return " ".join(parts)


def condition_words(tree: Any, names: Names = NO_NAMES) -> str:
    """A condition as the middle of a sentence."""
    if not tree or tree == {"all": []}:
        return _("always")
    try:
        from processes.conditions.sentences import sentence_of_json
    except ImportError:
        return _("its condition holds")
    return str(sentence_of_json(tree, own=names.own)).rstrip(".")


def wait_words(wait: Plain | None, names: Names = NO_NAMES) -> str:
    """What is waited for, after “wait”: “2 days”, “until 3 working days before the expected close”."""
    said = wait or {}
    if "field" in said:
        words = {"field": _named(names.fields, said["field"]), "time": duration_words(said)}
        if not said.get("amount"):
            return _("until %(field)s") % words
        if int(said["amount"]) < 0:
            return _("until %(time)s before: %(field)s") % words
        return _("until %(time)s after: %(field)s") % words
    if "fact" in said:
        words = {"fact": _named(names.facts, said["fact"]), "when": condition_words(said.get("when"), names)}
        if said.get("when"):
            return _("until this happens: %(fact)s, and %(when)s") % words
        return _("until this happens: %(fact)s") % words
    if "condition" in said:
        return _("until this is so: %(when)s") % {"when": condition_words(said["condition"], names)}
    if "amount" in said:
        return duration_words(said)
    return _("for nothing yet")


# --- one sentence for each kind


def _task(block: Plain, names: Names) -> str:
    words = {"who": _capital(who_words(block.get("who"), names)), "what": block.get("name") or _("a task")}
    text = _("%(who)s: %(what)s") % words
    if asked := [_asked_words(each, names) for each in block.get("fields") or () if each.get("name")]:
        text = _("%(task)s, and fills in: %(fields)s") % {"task": text, "fields": ", ".join(asked)}
    return _with_deadline(text, block, names)


def _asked_words(asked: Plain, names: Names) -> str:
    return str(asked.get("label") or _named(names.fields, asked["name"]))


def _approval(block: Plain, names: Names) -> str:
    rule = block.get("rule") or {}
    count = int(rule.get("count") or 1)
    asked = block.get("who") or {}
    who = who_words(asked, names)
    if rule.get("need", "one") != "one":
        who = _asked_all(asked, names)
    words = {"who": _capital(who), "count": count}
    match rule.get("need", "one"):
        case "all":
            text = _("%(who)s: all of them approve") % words
        case "order":
            text = _("%(who)s: all of them approve, one after another") % words
        case "count":
            text = (
                ngettext("%(who)s: %(count)d of them approves", "%(who)s: %(count)d of them approve", count)
                % words
            )
        case _one:
            text = _("%(who)s approves") % words
    return _with_deadline(text, block, names)


def _action(block: Plain, names: Names) -> str:
    told = block.get("arguments") or {}
    said = "; ".join(
        _argument_words(value, names) for value in told.values() if value not in (None, "", [], {})
    )
    label = str(names.actions.get(block.get("action", "")) or block.get("action") or _("nothing yet"))
    if not said:
        return _("By itself: %(action)s.") % {"action": label}
    return _("By itself: %(action)s (%(arguments)s).") % {"action": label, "arguments": said}


def _choice(block: Plain, names: Names) -> str:
    branches = block.get("branches")
    if branches is None:
        return _("The first way whose condition holds is taken.")
    ways = [
        _("if %(when)s: %(name)s")
        % {
            "when": condition_words(each.get("when"), names),
            "name": each.get("name") or _("way %(number)s") % {"number": number},
        }
        for number, each in enumerate(branches, 1)
    ]
    return _capital("; ".join([*ways, _("otherwise the last way")])) + "."


def _together(block: Plain, names: Names) -> str:
    need, count = block.get("need", "all"), len(block.get("branches") or ())
    words = {"count": count, "need": need}
    if need == "all":
        return _("All of this at once; it goes on when all is done.")
    if need in ("first", 1):
        return _("All of this at once; it goes on when the first is done.")
    return _("All of this at once; it goes on when %(need)s of %(count)s are done.") % words


def _race(block: Plain, names: Names) -> str:
    waits = [wait_words(each.get("wait"), names) for each in block.get("branches") or ()]
    if not waits:
        return _("Whichever comes first; the others are dropped.")
    return _("Whichever comes first: %(waits)s. The others are dropped.") % {"waits": "; ".join(waits)}


def _wait(block: Plain, names: Names) -> str:
    return _("Wait %(time)s.") % {"time": wait_words(block.get("for"), names)}


def _repeat(block: Plain, names: Names) -> str:
    if "times" in block:
        count = int(block["times"] or 0)
        return ngettext("Repeat %(count)d time.", "Repeat %(count)d times.", count) % {"count": count}
    if "each" in block:
        words = {"each": _named(names.fields, block["each"])}
        if block.get("at_once"):
            return _("For each of %(each)s, all at once.") % words
        return _("For each of %(each)s, one after another.") % words
    return _("Repeat until this is so: %(when)s.") % {"when": condition_words(block.get("until"), names)}


def _stage(block: Plain, names: Names) -> str:
    words = {"name": block.get("name") or _("without a name"), "goal": block.get("goal")}
    text = _("Stage “%(name)s”: %(goal)s") % words if block.get("goal") else _("Stage “%(name)s”") % words
    return _with_deadline(text.rstrip("."), block, names)


def _call(block: Plain, names: Names) -> str:
    words = {"process": _named(names.processes, block.get("process") or "?")}
    if block.get("is_waited_for", True):
        return _("Start the process “%(process)s” and wait for its end.") % words
    return _("Start the process “%(process)s” and go on.") % words


def _end(block: Plain, names: Names) -> str:
    result = block.get("result")
    if not result:
        return _("The process ends.")
    return _("The process ends: %(result)s.") % {"result": OUTCOMES.get(result, result)}


def _back(block: Plain, names: Names) -> str:
    return _("Back to “%(block)s”.") % {"block": names.blocks.get(block.get("to", ""), "?")}


SENTENCES: dict[str, Callable[[Plain, Names], str]] = {
    "task": _task,
    "approval": _approval,
    "action": _action,
    "choice": _choice,
    "together": _together,
    "race": _race,
    "wait": _wait,
    "repeat": _repeat,
    "stage": _stage,
    "call": _call,
    "end": _end,
    "back": _back,
}
SAME = {Kind.SCOPE: "stage", Kind.EACH: "repeat", Kind.SPLIT: "together"}


# --- parts


def _as_block(node: Node) -> dict[str, Any]:
    """A node as the block it was made of. A split or an end that only helps another block says nothing."""
    kind = SAME.get(node.kind, str(node.kind))
    if node.kind is Kind.CHOICE and "until" in node.data:
        kind = "repeat"
    if ":" in node.key and node.kind in (Kind.SPLIT, Kind.END) and not node.data:
        kind = ""
    return {**node.data, "kind": kind, "name": node.name}


def _with_deadline(text: str, block: Plain, names: Names) -> str:
    deadline = block.get("deadline")
    if not deadline:
        return f"{text}."
    within = _("%(what)s within %(time)s.") % {"what": text, "time": duration_words(deadline)}
    return f"{within} {deadline_words(deadline, names)}".rstrip()


def _late_words(step: Plain, names: Names, *, is_first: bool) -> str:
    match step.get("do"):
        case "give":
            action = _("give it to %(who)s") % {"who": who_words(step.get("to"), names)}
        case "escalate":
            action = _("tell %(who)s") % {"who": who_words(step.get("to") or {"kind": "head"}, names)}
        case _remind:
            action = _("remind")
    words = {"time": duration_words(step), "action": action}
    return _("If late by %(time)s: %(action)s") % words if is_first else _("by %(time)s: %(action)s") % words


def _argument_words(value: Any, names: Names) -> str:
    if isinstance(value, Mapping):
        if "field" in value:
            return _named(names.fields, value["field"])
        if "kind" in value:
            return who_words(value, names)
    return str(value)


def _named(names: Mapping[str, Any], key: str) -> str:
    return str(names.get(key) or key)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
