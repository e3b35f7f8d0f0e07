"""The page of one piece of work."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.automation import all_fields, all_subjects, named, subject
from foundation.errors import Refused
from processes.conditions.loading import values_of
from processes.graph.model import Kind, Node
from processes.models import Run, WorkItem
from processes.queries import subjects, words
from processes.queries.at_hand import at_hand
from processes.querysets import role_keys
from processes.repairing import may_repair
from processes.running import reading
from processes.running.values import Values
from processes.working import NUDGE_PAUSE, shared_with
from users.models import User

MOST_BEFORE = 10


def node_of(item: WorkItem) -> Node:
    """The step of the published version it was made for."""
    graph = reading.graph_of(item.run.version_id)
    return graph.nodes.get(item.node) or Node(item.node, Kind.TASK, item.name)


def values_before(item: WorkItem, node: Node) -> dict[str, Any]:
    """What fields hold already: what was said here before it came back, else what the record says. One statement
    where fields of the record are asked for."""
    names = [each["name"] for each in node.data.get("fields") or () if each.get("name")]
    known = [name for name in names if name in all_fields()] if item.subject_kind in all_subjects() else []
    before = values_of(subject(item.subject_kind).model, item.subject_id, known) if known else {}
    said = {name: item.run.data.get(f"{node.key}.{name}") for name in names}
    return {**before, **{name: value for name, value in said.items() if value is not None}}


def page_of(item: WorkItem, node: Node, person: Any) -> dict[str, Any]:
    now, run = timezone.now(), item.run
    is_mine = item.is_open and item.is_with(person, role_keys(person) if item.assignee_id is None else ())
    roles = words.role_names([item.role] if item.assignee_id is None else [])
    about = subjects.about_of(item.subject_kind, item.subject_id, run.title, person)
    return {
        "item": item,
        "run": run,
        "about": about,
        "at_hand": at_hand(run, ZoneInfo(person.time_zone)) if about.url else [],
        "holder": words.holder_text(item.assignee.name if item.assignee else None, item.role, roles),
        "since": words.moment_text(item.opened_at),
        "waited": words.lasted(now - item.opened_at),
        "due": words.due_mark(item.due_at, now) if item.is_open else None,
        "instructions": _filled(item, node.data.get("instructions", "")),
        "offers_return": offers_return(item, node),
        "outcome": words.outcome_text(item.outcome),
        "done_at": words.moment_text(item.done_at),
        "before": _before(item),
        "may": _may(item, person, now, is_mine=is_mine),
    }


def offers_return(item: WorkItem, node: Node) -> bool:
    ways = reading.graph_of(item.run.version_id).out_of(node.key)
    return node.kind is Kind.APPROVAL and any(way.outcome == "returned" for way in ways)


def what_follows(run: Run) -> str:
    """What a run waits for now, or that it is over. A statement, two where a role has it."""
    if not run.is_active:
        return _("“%(process)s” is over.") % {"process": run.process.name}
    following = run.work.open().select_related("assignee").order_by("pk").first()  # type: ignore[attr-defined]
    if following is None:
        return ""
    roles = words.role_names([following.role] if following.assignee_id is None else [])
    name = following.assignee.name if following.assignee else None
    said = {"work": following.name, "who": words.holder_text(name, following.role, roles)}
    return _("Next: %(work)s, with %(who)s.") % said


def _may(item: WorkItem, person: Any, now: datetime, *, is_mine: bool) -> dict[str, bool]:
    rested = item.nudged_at is None or now - item.nudged_at >= NUDGE_PAUSE
    nudges = item.is_open and not is_mine and person.may("processes.nudge")
    return {
        "finish": is_mine,
        "take": is_mine and (item.assignee_id is None or _is_shared(item)),
        "delegate": item.is_open and (is_mine or may_repair(person, item.run)),
        "nudge": nudges and rested,
        "nudged": nudges and not rested,
    }


def _filled(item: WorkItem, text: str) -> str:
    """A text with what stands in braces filled in; as it was written where its record is gone."""
    if "{" not in text:
        return text
    try:
        return str(Values(item.subject_kind, item.subject_id, timezone.now(), item.run).filled(text))
    except (Refused, LookupError):
        return text


def _is_shared(item: WorkItem) -> bool:
    """Several people hold it. A statement only where the step is for several."""
    who = node_of(item).data.get("who") or {}
    return who.get("kind") in ("people", "department") and shared_with(item).exists()


def _before(item: WorkItem) -> list[dict[str, Any]]:
    """What others did in this run, the latest first, with what they said and filled in. One statement."""
    graph = reading.graph_of(item.run.version_id)
    done = item.run.work.filter(state="done").select_related("done_by")  # type: ignore[attr-defined]
    return [
        {
            "name": each.name,
            "who": each.done_by.name if each.done_by else "",
            "when": words.moment_text(each.done_at),
            "outcome": words.outcome_text(each.outcome),
            "comment": each.comment,
            "answers": answers_of(each, graph.nodes.get(each.node)),
        }
        for each in done.order_by("-done_at", "-pk")[:MOST_BEFORE]
    ]


def answers_of(item: WorkItem, node: Node | None) -> list[tuple[str, str]]:
    """(label, value) of what was filled in, in the order it was asked for. One statement where people were named."""
    asked = {
        each["name"]: each for each in (node.data.get("fields") or () if node else ()) if each.get("name")
    }
    found = []
    for name in [
        *(name for name in asked if name in item.answers),
        *(n for n in item.answers if n not in asked),
    ]:
        value, said = item.answers[name], asked.get(name, {})
        if value in (None, "", []):
            continue
        label = said.get("label") or (all_fields()[name].label if name in all_fields() else name)
        found.append((str(label), _said(value, _kind_of(name, said))))
    return found


def _kind_of(name: str, asked: dict[str, Any]) -> str | None:
    known = None if asked.get("kind") else named(name)
    return asked.get("kind") or (known.kind if known else None)


def _said(value: Any, kind: str | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "date" and (day := parse_date(str(value))):
        return date_format(day)
    if kind == "moment" and (moment := parse_datetime(str(value))):
        return words.moment_text(moment)
    if kind == "person":
        return User.objects.filter(pk=value).values_list("name", flat=True).first() or str(value)
    return str(value)
