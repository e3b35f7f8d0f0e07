"""Event sub-processes inside a stage: a wait that watches the stage, and a stage of its own behind it."""

from collections.abc import Callable

from processes.bpmn import ours
from processes.bpmn.draft import Draft
from processes.bpmn.events import awaited
from processes.bpmn.vocabulary import NO
from processes.bpmn.xml import Part
from processes.graph.model import Flow, Kind, Node


def attach_stages(draft: Draft, scope: str | None, read_stage: Callable[[Draft, Part, str], None]) -> None:
    """Those whose parent stands in this scope, now that its flows are known."""
    mine = draft.begun_by_events.pop(scope, [])
    after: dict[str, list[Flow]] = {}
    for flow in draft.flows if mine else ():
        after.setdefault(flow.source, []).append(flow)
    for part, parent in mine:
        _attach(draft, part, parent, scope, after.get(parent, []), read_stage)


def _attach(
    draft: Draft,
    part: Part,
    parent: str,
    scope: str | None,
    after: list[Flow],
    read_stage: Callable[[Draft, Part, str], None],
) -> None:
    starts = part.all("startEvent")
    found = awaited(draft, starts[0], may_repeat=True) if len(starts) == 1 else None
    interrupts = bool(starts) and starts[0].get("isInterrupting") not in NO
    leads_to_join = any(draft.nodes[flow.target].kind is Kind.JOIN for flow in after)
    if found is None or found.refused or (interrupts and (len(after) != 1 or leads_to_join)):
        draft.kept(part, "event_scope_kept")
        return
    watch, key = f"{ours.key_of(starts[0])}:watch", ours.key_of(part)
    data = {key: value for key, value in found.data.items() if key != "repeat" or not interrupts}
    data |= {} if interrupts else {"interrupts": False}
    name = ours.name_of(starts[0])
    draft.add(part, Node(watch, Kind.WAIT, name, data, scope, attached_to=parent))
    draft.place(part, Node(key, Kind.SCOPE, ours.name_of(part), scope=scope))
    draft.connect(part, Flow(f"{watch}:then", watch, key))
    if interrupts:
        draft.connect(part, Flow(f"{key}:then", key, after[0].target))
    else:
        draft.helper(part, f"{key}:end", Kind.END, scope)
        draft.connect(part, Flow(f"{key}:then", key, f"{key}:end"))
    draft.executed(part, "event_scope")
    read_stage(draft, part, key)
