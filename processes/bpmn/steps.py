"""One element of BPMN as the node, or the few nodes, that do the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from processes.bpmn import ours
from processes.bpmn.draft import Draft
from processes.bpmn.events import REFUSED_EVENTS, awaited, definitions_of
from processes.bpmn.loops import Loop, loop_of, wrap
from processes.bpmn.report import Verdict
from processes.bpmn.vocabulary import ACTIONS, GATEWAYS, NO, STAGES, TASKS, YES
from processes.bpmn.xml import Part
from processes.graph.model import Kind, Node


@dataclass(frozen=True)
class Place:
    """Where an element stands, how many flows lead in and out, and whether it is the inclusive join of a split."""

    scope: str | None
    flows_in: int
    flows_out: int
    is_paired: bool = False


@dataclass(frozen=True)
class Meaning:
    """What an element is to us. `reason` is why it is refused where it is."""

    kind: Kind
    data: dict[str, Any]
    reason: str
    verdict: Verdict = Verdict.EXECUTED


def refusal(part: Part, kind: Kind, reason: str, data: dict[str, Any] | None = None) -> Meaning:
    """A node in the place of what is not carried out: a check before publishing finds its `refused`."""
    said = {"action": ""} if kind is Kind.ACTION else {}
    return Meaning(
        kind, {**said, "element": part.local, **(data or {}), "refused": reason}, reason, Verdict.REFUSED
    )


def read_step(draft: Draft, part: Part, place: Place, read_stage: Callable[[Part, str], None]) -> None:
    """Adds the element to the draft; `read_stage(part, scope)` reads what stands inside it."""
    loop = None if ours.is_plain(part) else loop_of(part)
    key = ours.key_of(part)
    if loop is None or (loop.kind is Kind.EACH and part.local in STAGES):
        _read_alone(draft, part, key, place, loop, read_stage)
    else:
        inner = wrap(draft, part, key, place.scope, loop)
        _read_alone(draft, part, inner, Place(key, 1, 1), None, read_stage)
        draft.entries[part.get("id")] = draft.exits[part.get("id")] = key
    if loop is not None:
        loop.tell(draft, part)


def _read_alone(
    draft: Draft,
    part: Part,
    key: str,
    place: Place,
    loop: Loop | None,
    read_stage: Callable[[Part, str], None],
) -> None:
    meaning = Meaning(loop.kind, loop.data, "each") if loop else meaning_of(draft, part, place)
    kind = ours.kind_of(part, meaning.kind)
    data = ours.completed(part, meaning.data)
    draft.place(part, Node(key, kind, ours.name_of(part), data, place.scope))
    if "refused" in data or meaning.verdict is not Verdict.REFUSED:
        draft.say(part, meaning.verdict, meaning.reason)
    else:
        draft.executed(part, str(kind) if kind in (Kind.JOIN, Kind.CHOICE, Kind.SCOPE, Kind.EACH) else "task")
    if part.local in STAGES:
        read_stage(part, key)


def meaning_of(draft: Draft, part: Part, place: Place) -> Meaning:
    if part.local in TASKS:
        return Meaning(Kind.TASK, _task(draft, part), "task")
    if part.local in ACTIONS:
        kept = part.local == "scriptTask"
        verdict = Verdict.KEPT if kept else Verdict.EXECUTED
        return Meaning(Kind.ACTION, {"action": "", **_element(part)}, "script" if kept else "action", verdict)
    if part.local == "callActivity":
        called = part.get("calledElement").rpartition(":")[2]
        return Meaning(Kind.CALL, {"process": called, "is_waited_for": True}, "call")
    if part.local == "receiveTask":
        name = draft.defined(part.get("messageRef")) or part.get("name")
        return Meaning(Kind.WAIT, {"for": {"message": name}, **_element(part)}, "message")
    if part.local in STAGES:
        reasons = {"transaction": "transaction", "adHocSubProcess": "ad_hoc"}
        return Meaning(Kind.SCOPE, _element(part), reasons.get(part.local, "scope"))
    if part.local in GATEWAYS:
        return _gateway(part, place)
    return _event(draft, part, place)


def _task(draft: Draft, part: Part) -> dict[str, Any]:
    data = _element(part)
    if instructions := part.first("documentation"):
        data["instructions"] = instructions.text
    owner = part.first("potentialOwner", "humanPerformer", "performer")
    resource = owner.first("resourceRef") if owner else None
    if resource:
        data["performer"] = draft.defined(resource.text)
    return data


def _element(part: Part) -> dict[str, Any]:
    """The element's own word, where several of BPMN become one kind of ours."""
    usual = {"userTask", "serviceTask", "subProcess"}
    return {} if part.local in usual else {"element": part.local}


def _gateway(part: Part, place: Place) -> Meaning:
    if part.local == "exclusiveGateway":
        return Meaning(Kind.CHOICE, {}, "choice" if place.flows_out > 1 else "merge")
    if part.local == "eventBasedGateway":
        return Meaning(Kind.RACE, {}, "race")
    if part.local == "parallelGateway":
        converges = part.get("gatewayDirection") == "Converging" and place.flows_out <= 1
        if place.flows_in > 1 or converges:
            return Meaning(Kind.JOIN, {"need": "all"}, "join")
        return Meaning(Kind.SPLIT, {}, "split")
    if place.is_paired:
        return Meaning(Kind.JOIN, {"need": "all", "element": part.local}, "several_join")
    if part.local == "inclusiveGateway" and place.flows_in <= 1:
        return Meaning(Kind.SPLIT, {"element": part.local}, "several")
    return refusal(part, Kind.ACTION, "inclusive_join" if part.local == "inclusiveGateway" else "complex")


def _event(draft: Draft, part: Part, place: Place) -> Meaning:
    events = [each.local for each in definitions_of(part)]
    if part.local == "startEvent":
        found = awaited(draft, part, may_repeat=True) if events else None
        data = {"starts": found.data.get("for", {})} if found and not found.refused else {}
        return Meaning(Kind.START, data, "started_by" if events else "start")
    if part.local == "endEvent":
        return _end(draft, part, place, events)
    if events == ["linkEventDefinition"]:
        return Meaning(Kind.SPLIT, {"element": part.local}, "link")
    if part.local == "intermediateThrowEvent":
        return _throw(draft, part, events)
    found = awaited(draft, part, may_repeat=False)
    if found.note:
        draft.kept(part, found.note)
    if found.refused:
        return refusal(part, Kind.WAIT, found.refused, found.data)
    return Meaning(Kind.WAIT, found.data, found.reason)


def _throw(draft: Draft, part: Part, events: list[str]) -> Meaning:
    if not events:
        return Meaning(Kind.SPLIT, {"element": part.local}, "pass")
    if len(events) > 1:
        return refusal(part, Kind.ACTION, "several_events")
    if events[0] in REFUSED_EVENTS:
        return refusal(part, Kind.ACTION, REFUSED_EVENTS[events[0]])
    data = {"action": "", "element": part.local, **_thrown(draft, part)}
    return Meaning(Kind.ACTION, data, "throw")


def _thrown(draft: Draft, part: Part) -> dict[str, Any]:
    event = definitions_of(part)[0]
    for word in ("message", "signal"):
        if event.local == f"{word}EventDefinition":
            return {word: draft.defined(event.get(f"{word}Ref")) or part.get("name")}
    return {}


def _end(draft: Draft, part: Part, place: Place, events: list[str]) -> Meaning:
    result = {"result": part.get("name")} if part.get("name") and place.scope is None else {}
    if not events:
        return Meaning(Kind.END, result, "end")
    if len(events) > 1:
        return refusal(part, Kind.END, "several_events", result)
    if events[0] == "terminateEventDefinition":
        if place.scope is None:
            return Meaning(Kind.END, {**result, "is_whole": True}, "end_whole")
        return refusal(part, Kind.END, "terminate_inside", result)
    if events[0] in REFUSED_EVENTS:
        return refusal(part, Kind.END, REFUSED_EVENTS[events[0]], result)
    return Meaning(
        Kind.ACTION, {"action": "", "element": part.local, **_thrown(draft, part), **result}, "throw"
    )


def read_boundary(draft: Draft, part: Part, scope: str | None) -> None:
    """An event at the edge of a step: a wait that watches it."""
    watched = draft.entries.get(part.get("attachedToRef"))
    if watched is None or any(each.local == "compensateEventDefinition" for each in definitions_of(part)):
        draft.kept(part, "compensation" if watched else "nowhere")
        return
    interrupts = part.get("cancelActivity") not in NO
    found = awaited(draft, part, may_repeat=not interrupts)
    data = {**found.data, **({} if interrupts else {"interrupts": False})}
    if found.refused:
        data = {**data, "element": part.local, "refused": found.refused}
    data = ours.completed(part, data)
    key = ours.key_of(part)
    draft.place(part, Node(key, Kind.WAIT, ours.name_of(part), data, scope, attached_to=watched))
    if "refused" in data:
        draft.refused(part, found.refused or str(data["refused"]))
    else:
        draft.executed(part, "watch")
    if found.note:
        draft.kept(part, found.note)


def is_kept(part: Part) -> bool:
    """Whether nothing of the element is carried out by nature: undoing, and stages begun by events."""
    return part.get("isForCompensation") in YES or part.get("triggeredByEvent") in YES
