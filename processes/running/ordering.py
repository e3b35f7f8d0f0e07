"""What a token wants where it now stands: work for people, timers, subscriptions, an answer, an action."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.engine import advance as engine
from processes.graph.model import Kind, Node
from processes.running import acting, calling, people, times
from processes.running.doing import Doing

LONGEST_NAME = 200
TROUBLES = (Refused, LookupError, KeyError, ValueError, TypeError)


def enter(doing: Doing, token: int, node: Node) -> None:
    """Do what a node asks for. What cannot be done becomes an incident and the token stays."""
    try:
        ENTERED[node.kind](doing, token, node)
    except TROUBLES as trouble:
        fail(doing, token, node, said(trouble))


def fail(doing: Doing, token: int, node: Node, cause: str) -> None:
    doing.troubled[str(token)] = 1
    doing.changes.incidents.append({"token": token, "node": node.key, "cause": cause})
    doing.changes.log.append({"node": node.key, "what": "failed", "note": cause[:300], "seconds": None})


def said(trouble: Exception) -> str:
    """The refusal's own sentence; of anything else its kind and words, for whoever repairs it."""
    return trouble.message if isinstance(trouble, Refused) else f"{type(trouble).__name__}: {trouble}"


# --- people


def open_work(doing: Doing, token: int, node: Node) -> None:
    """A piece of work, or one for each who is to approve."""
    found = holders_of(doing, node)
    deadline = node.data.get("deadline") or {}
    due = None
    if deadline:
        due = times.after(doing.at, deadline, times.calendar_for(found[0].person))
        watch_deadline(doing, token, deadline, due, found[0].person)
    lay_out_work(doing, token, node, found, due)


def holders_of(doing: Doing, node: Node) -> list[people.Holder]:
    """Who gets the work of a node."""
    rule = node.data.get("rule") or {}
    needs_each = node.kind is Kind.APPROVAL and rule.get("need", "one") != "one"
    if node.data["who"].get("kind") in people.BY_LOAD:
        doing.settle()
    return people.holders(node.data["who"], doing.around, doing.at, each=needs_each)


def lay_out_work(
    doing: Doing, token: int, node: Node, found: Sequence[people.Holder], due: datetime | None
) -> None:
    for place, holder in enumerate(found):
        is_later = (node.data.get("rule") or {}).get("need") == "order" and place > 0
        doing.changes.work.append(
            {
                "token": token,
                "node": node.key,
                "kind": str(node.kind),
                "name": name_of_work(doing, node),
                "place": place,
                "assignee_id": holder.person.pk if holder.person else None,
                "role": holder.role,
                "instead_of_id": holder.instead_of,
                "side": (node.data.get("deadline") or {}).get("side", "us"),
                "state": "later" if is_later else "open",
                "due_at": due,
            }
        )


def name_of_work(doing: Doing, node: Node) -> str:
    return (doing.values.filled(node.name) or _("Step of a process"))[:LONGEST_NAME]


def watch_deadline(doing: Doing, token: int, deadline: Mapping[str, Any], due: datetime, person: Any) -> None:
    """Timers for what is said before a deadline and done after it."""
    calendar = times.calendar_for(person)
    for each in deadline.get("warn", ()):
        moment = times.after(due, each, calendar, back=True)
        if moment > doing.at:
            _job(doing, token, "warn", moment, {"due": due})
    _job(doing, token, "late", due, {"do": "note", "due": due})
    for each in deadline.get("late", ()):
        moment = times.after(due, each, calendar) if each.get("amount") else due
        _job(doing, token, "late", moment, {"do": each["do"], "to": each.get("to"), "due": due})


def open_scope(doing: Doing, token: int, node: Node) -> None:
    """A stage with a deadline: whoever owns the record is told when it comes and passes."""
    deadline = node.data.get("deadline") or {}
    if deadline:
        due = times.after(doing.at, deadline, times.calendar_for(None))
        watch_deadline(doing, token, deadline, due, None)


# --- waiting


def wait(doing: Doing, token: int, node: Node, since: datetime | None = None) -> None:
    """A timer, a fact, a condition; what is true or past already goes on at once. A duration counts from `since`."""
    wanted = node.data["for"]
    if "fact" in wanted:
        return _subscribe(doing, token, wanted["fact"], wanted.get("when"))
    if name := wanted.get("message") or wanted.get("signal"):
        return _subscribe(doing, token, message(name), None)
    if "condition" in wanted:
        if doing.values.holds(wanted["condition"]):
            return finish_wait(doing, token, node)
        return _subscribe(doing, token, "*", wanted["condition"])
    if "field" in wanted:
        _subscribe(doing, token, "*", None)
    if (due := due_of(doing, wanted, since)) is not None:
        left = node.data.get("repeat")
        _job(doing, token, "timer", due, {"left": left - 1} if left else {})


def message(name: str) -> str:
    """How a subscription names a message from outside; somebody says that it came by working.receive."""
    return f"message:{name}"[:60]


def due_of(doing: Doing, wanted: Mapping[str, Any], since: datetime | None = None) -> datetime | None:
    """When a wait ends, begun now or at `since`; None while the field it depends on has no value."""
    calendar = times.calendar_for(None)
    if "at" in wanted:
        return parse_datetime(wanted["at"])
    if "field" not in wanted:
        return times.after(since or doing.at, wanted, calendar)
    value = doing.values.of(wanted["field"])
    return None if value is None else times.from_field(value, wanted, calendar)


def finish_wait(doing: Doing, token: int, node: Node, *, again: bool = False) -> None:
    if node.attached_to is not None:
        doing.ahead.append(engine.Happen(token, again))
    else:
        doing.ahead.append(engine.Finish(token))


def _subscribe(doing: Doing, token: int, fact: str, when: Any) -> None:
    doing.changes.subscriptions.append(
        {
            "token": token,
            "fact": fact,
            "subject_kind": doing.run.subject_kind,
            "subject_id": doing.run.subject_id,
            "when": when,
        }
    )


def _job(doing: Doing, token: int, kind: str, due: datetime, data: dict[str, Any]) -> None:
    doing.changes.jobs.append({"run_id": None, "token": token, "kind": kind, "data": data, "due_at": due})


# --- answers the engine needs


def choose(doing: Doing, token: int, node: Node) -> None:
    """The first way whose condition holds, else the one for all others."""
    ways = doing.graph.out_of(node.key)
    taken = next((each for each in ways if not each.is_else and doing.values.holds(each.when)), None)
    taken = taken or next((each for each in ways if each.is_else), None)
    if taken is None:
        raise Refused(_("None of the conditions holds, and there is no way for all others."))
    doing.ahead.append(engine.Finish(token, flow=taken.key))


def spread(doing: Doing, token: int, node: Node) -> None:
    """How many times a body is done."""
    if "times" in node.data:
        count = int(node.data["times"])
    else:
        rows = doing.values.of(node.data["each"])
        count = len(rows) if isinstance(rows, list | tuple) else int(rows or 0)
    doing.ahead.append(engine.Spread(token, count))


ENTERED = {
    Kind.TASK: open_work,
    Kind.APPROVAL: open_work,
    Kind.WAIT: wait,
    Kind.CHOICE: choose,
    Kind.EACH: spread,
    Kind.ACTION: acting.act,
    Kind.CALL: calling.call,
}
