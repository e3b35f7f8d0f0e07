"""What an event waits for: {"for": {...}} as a wait of ours says it."""

from dataclasses import dataclass, field
from typing import Any

from processes.bpmn import timers
from processes.bpmn.draft import Draft
from processes.bpmn.wording import condition_of
from processes.bpmn.xml import Part

REFUSED_EVENTS = {
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "cancelEventDefinition": "cancel",
    "compensateEventDefinition": "compensate",
}


@dataclass(frozen=True)
class Awaited:
    """`refused`: why it cannot be waited for; `note`: what of it is kept without being carried out."""

    data: dict[str, Any] = field(default_factory=dict)
    reason: str = "wait"
    refused: str = ""
    note: str = ""


def definitions_of(part: Part) -> list[Part]:
    own = [each for each in part.parts if each.uri == part.uri and each.local.endswith("EventDefinition")]
    return own + part.all("eventDefinitionRef")


def awaited(draft: Draft, part: Part, *, may_repeat: bool) -> Awaited:
    """`may_repeat`: whether a cycle watches on after the first time, as events that interrupt nothing do."""
    found = definitions_of(part)
    if len(found) != 1:
        return Awaited(refused="several_events" if found else "no_event")
    event = found[0]
    if event.local in REFUSED_EVENTS:
        return Awaited(refused=REFUSED_EVENTS[event.local])
    if event.local == "timerEventDefinition":
        return _timer(event, may_repeat)
    if event.local == "conditionalEventDefinition":
        condition = event.first("condition")
        when, refused = condition_of(condition.text if condition else "")
        return Awaited({"for": {"condition": when}}, refused=refused)
    for word in ("message", "signal"):
        if event.local == f"{word}EventDefinition":
            name = draft.defined(event.get(f"{word}Ref")) or part.get("name")
            return Awaited({"for": {word: name}}, reason=word, refused="" if name else "no_event")
    return Awaited(refused="no_event")


def _timer(event: Part, may_repeat: bool) -> Awaited:
    said = {each.local: each.text for each in event.all("timeDuration", "timeCycle", "timeDate")}
    try:
        if "timeDuration" in said:
            return Awaited({"for": timers.duration(said["timeDuration"])})
        if "timeDate" in said:
            return Awaited({"for": timers.moment(said["timeDate"])})
        wait, times = timers.cycle(said.get("timeCycle", ""))
    except timers.Unreadable as fault:
        text = next(iter(said.values()), "")
        return Awaited({"for": {"time": text}} if text else {}, refused=fault.reason)
    if may_repeat:
        return Awaited({"for": wait, "repeat": times})
    return Awaited({"for": wait}, note="" if times == 1 else "cycle_once")
