"""Stories of processes: publish, switch, begin by hand, import and export."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation.automation import all_subjects
from foundation.errors import Refused, Stale
from foundation.facts import tell
from processes import facts, schedules
from processes.checks import problems_of
from processes.graph.editing import block_of, change_block
from processes.graph.model import Graph
from processes.graph.outline import to_graph
from processes.knowing import known
from processes.models import Process, Run, Status, Trigger, Version
from processes.questions import asked_of_calls
from processes.running import starting


def create(
    *,
    name: str,
    subject_kind: str,
    by: Any,
    at: datetime,
    outline: Any = None,
    starts: Any = (),
    **fields: Any,
) -> Process:
    """A process nobody has published yet; whoever makes it is responsible for it."""
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Give the process a name."))
    if subject_kind not in all_subjects():
        raise Refused(_("Say what kind of record the process is about."))
    fields.setdefault("owner", None if by.is_robot else by)
    return Process.objects.create(
        key=fields.pop("key", "") or _free_key(name),
        name=name[:120],
        subject_kind=subject_kind,
        outline=outline or {"blocks": []},
        starts=list(starts),
        made_at=at,
        changed_at=at,
        **fields,
    )


def _free_key(name: str) -> str:
    stem = slugify(name)[:50] or "process"
    taken = set(Process.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number = 2
    key = stem
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def edit(
    process: Process,
    *,
    revision: int | None,
    by: Any,
    at: datetime,
    outline: Any = None,
    graph: Any = None,
    starts: Any = None,
    **fields: Any,
) -> None:
    """Change the draft: its outline, or the graph it becomes; places stay unless `drawing` says others.

    Stale where somebody else has changed it since `revision` was read."""
    with transaction.atomic():
        kept = Process.objects.select_for_update().get(pk=process.pk)
        if revision is not None and kept.draft_revision != revision:
            raise Stale(_("Somebody else changed this process meanwhile. Look at it again."))
        if outline is not None:
            kept.drawing = None if kept.graph is not None else kept.drawing
            kept.outline, kept.graph = outline, None
        if graph is not None:
            kept.outline, kept.graph = None, graph
        if starts is not None:
            kept.starts = list(starts)
        for name, value in fields.items():
            setattr(kept, name, value)
        kept.draft_revision += 1
        kept.changed_at = at
        kept.save()
    process.refresh_from_db()


def set_deadline(process: Process, node: str, amount: int, unit: str, *, by: Any, at: datetime) -> None:
    """Give a step of the draft another deadline; whose side it is on and what happens around it stays."""
    if process.graph is not None or not process.outline:
        raise Refused(_("The draft is drawn freely: set the deadline where it is drawn."))
    before = block_of(process.outline, node).get("deadline") or {"side": "us"}
    outline = change_block(process.outline, node, {"deadline": {**before, "amount": amount, "unit": unit}})
    edit(process, revision=process.draft_revision, outline=outline, by=by, at=at)


def draft_graph(process: Process) -> Graph:
    """The draft as a graph. Refused where its outline says something that cannot be.

    What a call from outside brings is asked for at its start, so that later steps know it as any other answer.
    """
    drawn = process.graph is not None
    graph = Graph.from_json(process.graph or {}) if drawn else to_graph(process.outline or {"blocks": []})
    start, asked = graph.start_of(None), asked_of_calls(process.starts)
    if not asked and "fields" not in start.data:
        return graph
    data = {name: value for name, value in start.data.items() if name != "fields"}
    begun = replace(start, data=data | ({"fields": asked} if asked else {}))
    return Graph({**graph.nodes, start.key: begun}, graph.flows)


def problems(process: Process) -> list[Any]:
    """What stands against publishing the draft, and what is only worth a look."""
    return list(problems_of(draft_graph(process), known(process)))


def publish(process: Process, *, by: Any, at: datetime, note: str = "") -> Version:
    """Make the draft what is carried out from now on. Runs under way stay on the version they began with."""
    with transaction.atomic():
        kept = Process.objects.select_for_update().get(pk=process.pk)
        graph = draft_graph(kept)
        errors = [each for each in problems_of(graph, known(kept)) if each.is_error]
        if errors:
            raise Refused(" ".join(str(each.sentence) for each in errors[:5]))
        number = (kept.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = Version.objects.create(
            process=kept,
            number=number,
            graph=graph.to_json(),
            outline=kept.outline if kept.graph is None else None,
            drawing=kept.drawing,
            starts=kept.starts,
            sha256=graph.sha256,
            note=note[:300],
            published_by=by,
            published_at=at,
        )
        kept.current, kept.status, kept.why = version, Status.ON, ""
        kept.save(update_fields=["current", "status", "why"])
        _lay_out_starts(kept, at)
        told = facts.ProcessPublished(process_id=kept.pk, process=kept.name, version=number)
        tell(told, by=by, at=at)
    process.refresh_from_db()
    return version


def _lay_out_starts(process: Process, at: datetime) -> None:
    Trigger.objects.filter(process=process).delete()
    rows = []
    for each in process.starts:
        row = Trigger(process=process, when=each.get("when"))
        if "fact" in each:
            row.kind, row.fact = Trigger.Kind.FACT, each["fact"]
        elif "button" in each:
            row.kind, row.roles = Trigger.Kind.BUTTON, each.get("roles", [])
        elif "call" in each:
            row.kind = Trigger.Kind.CALL
        else:
            row.kind = Trigger.Kind.SCHEDULE
            row.rule = schedules.checked_rule(each["schedule"]) if each.get("schedule") else ""
            row.date_field, row.offset = each.get("field", ""), each.get("offset")
            row.next_at = schedules.next_after(row.rule, at)
        rows.append(row)
    Trigger.objects.bulk_create(rows)


def switch(process: Process, status: str, *, by: Any, at: datetime, reason: str = "") -> None:
    """On, paused or off. Off asks for a reason; runs under way go on to their end either way."""
    with transaction.atomic():
        kept = Process.objects.select_for_update().get(pk=process.pk)
        if kept.current_id is None:
            raise Refused(_("Publish the process first."))
        if status == Status.OFF and not reason.strip():
            raise Refused(_("Say why it is switched off: whoever looks for it will want to know."))
        if kept.status == status:
            return
        kept.status, kept.why = status, "" if status == Status.ON else reason.strip()[:300]
        kept.save(update_fields=["status", "why"])
        told = facts.ProcessSwitched(process_id=kept.pk, process=kept.name, status=status, reason=kept.why)
        tell(told, by=by, at=at)
    process.refresh_from_db()


def start(
    process: Process, subject_id: int, *, by: Any, at: datetime, data: dict[str, Any] | None = None
) -> Run:
    """Begin by hand, or by a call that brings `data`. Refused where a guard holds it back, with the reason."""
    with transaction.atomic():
        run = starting.begin(process, subject_id, by=by, at=at, data=data)
        if run is None:
            process.refresh_from_db()
            if process.status != Status.ON:
                raise Refused(
                    _("“%(name)s” is not running now. %(why)s") % {"name": process.name, "why": process.why}
                )
            if starting.is_often_enough(process, at):
                raise Refused(_("“%(name)s” began as often as it may for now.") % {"name": process.name})
            raise Refused(
                _("“%(name)s” is under way for this record, or was a short while ago.")
                % {"name": process.name}
            )
    return run


def exported(key: str) -> dict[str, Any]:
    """The process as JSON for another installation: its draft or current version, beginnings and settings."""
    process = Process.objects.select_related("current").filter(key=key).first()
    if process is None:
        raise Refused(_("There is no process “%(key)s”.") % {"key": key})
    return {
        "format": "romashka-process/1",
        "key": process.key,
        "name": process.name,
        "subject_kind": process.subject_kind,
        "goal": process.goal,
        "priority": process.priority,
        "is_single": process.is_single,
        "pause_days": process.pause_days,
        "daily_cap": process.daily_cap,
        "most_begun": process.most_begun,
        "most_begun_in": process.most_begun_in,
        "outline": process.outline if process.graph is None else None,
        "graph": draft_graph(process).to_json(),
        "drawing": process.drawing,
        "starts": process.starts,
    }


def import_json(said: Any, *, by: Any, at: datetime) -> Process:
    """A draft from what `exported` gave, here or elsewhere; a key that is taken gets a number."""
    if not isinstance(said, dict) or said.get("format") != "romashka-process/1":
        raise Refused(_("This is no process exported by this product."))
    try:
        Graph.from_json(said["graph"])
        kept = {name: said[name] for name in ("goal", "priority", "is_single", "pause_days", "daily_cap")}
        # Files of before these were there have none of them.
        kept |= {name: said[name] for name in ("most_begun", "most_begun_in") if name in said}
        key = said["key"] if not Process.objects.filter(key=said["key"]).exists() else ""
        process = create(
            name=said["name"], subject_kind=said["subject_kind"], outline=said["outline"], starts=said["starts"],
            key=key, by=by, at=at, **kept,
        )  # fmt: skip
        if said["outline"] is None:
            process.outline, process.graph, process.drawing = None, said["graph"], said["drawing"]
            process.save(update_fields=["outline", "graph", "drawing"])
        return process
    except (KeyError, TypeError, ValueError) as trouble:
        raise Refused(_("Something is missing in the file: %(what)s") % {"what": trouble}) from trouble


def import_graph(
    name: str, graph: Graph, extras: Any, *, by: Any, at: datetime, subject_kind: str = "deal"
) -> Process:
    """A draft from a BPMN file: its graph as it is, and in `drawing` what came with it."""
    process = create(name=name, subject_kind=subject_kind, by=by, at=at)
    process.outline, process.graph, process.drawing = None, graph.to_json(), extras
    process.save(update_fields=["outline", "graph", "drawing"])
    return process
