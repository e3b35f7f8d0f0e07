"""The page of one run: where it stands, its steps, what happened, what cannot go on."""

from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from foundation.keyset import keyset_page
from processes.engine.state import State
from processes.graph.model import WAITING, Graph, Kind, Node
from processes.models import Job, Run, RunStatus, StepLog, WorkItem
from processes.queries import subjects, words
from processes.queries.drawing import drawing_of
from processes.queries.history import entry
from processes.querysets import role_keys
from processes.repairing import may_repair
from processes.running import reading

MOST_WORK = 300
MOST_INCIDENTS = 20
SIZE = 30


def page_of(run: Run, person: Any, cursor: str | None) -> dict[str, Any]:
    """Within twelve statements."""
    now, graph, state = timezone.now(), reading.graph_of(run.version_id), state_of(run)
    work = list(run.work.select_related("assignee", "instead_of").order_by("-pk")[:MOST_WORK])  # type: ignore[attr-defined]
    incidents = list(run.incidents.select_related("solved_by")[:MOST_INCIDENTS])  # type: ignore[attr-defined]
    stuck = {each.token for each in incidents if each.solved_at is None}
    return {
        "run": run,
        "about": subjects.about_of(run.subject_kind, run.subject_id, run.title, person),
        "tag": words.RUN_TAGS[RunStatus(run.status)],
        "result": run.result if run.result not in ("done", "cancelled") else "",
        "began": words.moment_text(run.started_at),
        "ended": words.moment_text(run.ended_at),
        "took": words.lasted((run.ended_at or now) - run.started_at),
        "standing": standing(run, graph, state, work, stuck, person, now) if run.is_active else [],
        "steps": steps(run, graph, state),
        "incidents": [_incident(each, graph) for each in incidents if each.solved_at is None],
        "solved": [_incident(each, graph) for each in incidents if each.solved_at is not None],
        "history": history(run, graph, work, cursor),
        "may_repair": may_repair(person, run),
        "is_older": run.is_active and run.process.current_id not in (None, run.version_id),
        "may_nudge": person.may("processes.nudge"),
    }


def state_of(run: Run) -> State:
    return State.from_json(run.state) if run.state else State()


def standing(
    run: Run,
    graph: Graph,
    state: State,
    work: list[WorkItem],
    stuck: set[int | None],
    person: Any,
    now: datetime,
) -> list[dict[str, Any]]:
    """A row for each token that waits: for whom or for what, since when, until when, on whose side."""
    open_work = [each for each in reversed(work) if each.state in ("open", "later")]
    roles = words.role_names(each.role for each in open_work if each.assignee_id is None)
    mine = role_keys(person)
    due = dict(Job.objects.filter(run=run, kind__in=["timer", "retry"]).values_list("token", "due_at"))
    since = run.state.get("since", {})
    found = []
    for token in state.tokens.values():
        node = graph.nodes.get(token.node)
        if node is None or node.kind not in WAITING | {Kind.JOIN} or token.watches is not None:
            continue
        came = parse_datetime(since.get(str(token.key), ""))
        found.append(
            {
                "token": token.key,
                "title": words.step_title(node),
                "icon": words.KIND_ICONS.get(node.kind, "circle-dot"),
                "waits_for": _("cannot go on") if token.key in stuck else waits_for(node, due.get(token.key)),
                "since": words.moment_text(came),
                "waited": words.lasted(now - came) if came else "",
                "work": [
                    _holder(each, roles, mine, person, now) for each in open_work if each.token == token.key
                ],
            }
        )
    return found


def waits_for(node: Node, due: datetime | None) -> str:
    """What a step waits for that no person does."""
    match node.kind:
        case Kind.TASK | Kind.APPROVAL:
            return ""
        case Kind.CALL:
            return _("waits for the other process to end")
        case Kind.JOIN:
            return _("waits for the other ways")
        case Kind.ACTION if due is not None:
            return _("tried again %(moment)s") % {"moment": words.moment_text(due)}
    if due is not None:
        return _("until %(moment)s") % {"moment": words.moment_text(due)}
    wanted = node.data.get("for") or {}
    if "fact" in wanted:
        return _("until something happens")
    return _("until a condition holds") if "condition" in wanted else ""


def steps(run: Run, graph: Graph, state: State) -> list[dict[str, Any]]:
    """Every step in the order it is read: done, here, or to come; of a run that is over, done or not needed."""
    logged = StepLog.objects.filter(run_id=run.pk, at__gte=run.started_at, what="done").order_by()
    times = dict(logged.values("node").annotate(n=Count("*")).values_list("node", "n"))
    here = {token.node for token in state.tokens.values() if token.watches is None}
    depths: dict[str | None, int] = {None: 0}
    found = []
    for node in graph.nodes.values():
        if node.kind in (Kind.SCOPE, Kind.EACH):
            depths[node.key] = depths.get(node.scope, 0) + 1
        if node.kind not in words.SHOWN or node.kind is Kind.CHOICE:
            continue
        place = "here" if node.key in here and run.is_active else "done" if node.key in times else "ahead"
        found.append(
            {
                "title": words.step_title(node),
                "place": place,
                "icon": {"here": "circle-dot", "done": "circle-check", "ahead": "circle-dashed"}[place],
                "word": _place_word(place, run),
                "times": times.get(node.key, 0),
                "depth": min(depths.get(node.scope, 0), 4),
            }
        )
    return found


def drawing(run: Run) -> dict[str, Any]:
    """The whole process drawn, with what is done and where the run stands."""
    graph, state = reading.graph_of(run.version_id), state_of(run)
    logged = StepLog.objects.filter(run_id=run.pk, at__gte=run.started_at, what="done").order_by()
    done = set(logged.values_list("node", flat=True).distinct())
    here = (
        {token.node for token in state.tokens.values() if token.watches is None} if run.is_active else set()
    )
    marks = {key: ("is-done", _("done")) for key in done}
    marks |= {key: ("is-here", _("here")) for key in here}
    return drawing_of(run.version_id, {key: mark for key, mark in marks.items() if key in graph.nodes})


def history(run: Run, graph: Graph, work: list[WorkItem], cursor: str | None) -> dict[str, Any]:
    """A page of what the run did, by days of the reader's zone, the latest first."""
    lines = StepLog.objects.filter(run_id=run.pk, at__gte=run.started_at)
    page = keyset_page(lines, order=("-at", "-pk"), cursor=cursor, size=SIZE)
    said = {(each.node, each.done_at, each.done_by_id): each for each in work if each.done_at is not None}
    entries = [entry(line, graph, said.get((line.node, line.at, line.actor_id))) for line in page.rows]
    days = groupby(entries, key=lambda each: timezone.localdate(each["at"]))
    return {"days": [(day, list(found)) for day, found in days], "older": page.next}


def restart_places(run: Run) -> list[tuple[str, str]]:
    """(“token:node”, words) of where each token may be put: the steps of its own scope."""
    graph, found = reading.graph_of(run.version_id), []
    tokens = [
        each for each in state_of(run).tokens.values() if each.node in graph.nodes and each.watches is None
    ]
    for token in tokens:
        standing_at = graph.nodes[token.node]
        for node in graph.inside(standing_at.scope):
            if node.kind in words.SHOWN and node.attached_to is None:
                text = words.step_title(node)
                if len(tokens) > 1:
                    text = _("%(to)s (instead of %(from)s)") % {
                        "to": text,
                        "from": words.step_title(standing_at),
                    }
                found.append((f"{token.key}:{node.key}", text))
    return found


class Standing(NamedTuple):
    key: int
    title: str


def standing_token(run: Run, said: str) -> Standing | None:
    """The token that was named, or the first that waits; None where it has gone on, or nothing waits."""
    graph = reading.graph_of(run.version_id)
    tokens = [
        each for each in state_of(run).tokens.values() if each.node in graph.nodes and each.watches is None
    ]
    waiting = [each for each in tokens if graph.nodes[each.node].kind in WAITING]
    found = next((each for each in (tokens if said else waiting) if not said or str(each.key) == said), None)
    return Standing(found.key, words.step_title(graph.nodes[found.node])) if found else None


def _holder(
    item: WorkItem, roles: dict[str, str], mine: list[str], person: Any, now: datetime
) -> dict[str, Any]:
    return {
        "pk": item.pk,
        "name": item.name,
        "url": item.get_absolute_url(),
        "who": words.holder_text(item.assignee.name if item.assignee else None, item.role, roles),
        "instead_of": item.instead_of.name if item.instead_of else "",
        "is_later": item.state == WorkItem.State.LATER,
        "is_mine": item.is_open and item.is_with(person, mine),
        "side": words.SIDES[item.side],
        "due": words.due_mark(item.due_at, now),
    }


def _incident(each: Any, graph: Graph) -> dict[str, Any]:
    return {
        "incident": each,
        "title": words.step_title(graph.nodes.get(each.node)) if each.node else "",
        "last": words.moment_text(each.last_at),
        "solution": _solution_word(each.solution),
        "solved": words.moment_text(each.solved_at),
        "who": each.solved_by.name if each.solved_by else "",
    }


def _place_word(place: str, run: Run) -> str:
    if place == "here":
        return _("it stands here")
    if place == "done":
        return _("done")
    return _("to come") if run.is_active else _("was not needed")


def _solution_word(solution: str) -> str:
    words_of = {"retry": _("tried again"), "seen": _("seen"), "gone": _("no longer matters")}
    return words_of.get(solution, solution)
