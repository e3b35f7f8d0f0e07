"""Events put together into steps: schedule, start and complete of one activity in one case are one step.

Where an activity runs twice at a time, what began first ends first, unless the file names the instance.
"""

from collections.abc import Iterable
from typing import NamedTuple

from processes.mining.log import NOBODY, Log, Step

PLANS = frozenset({"schedule", "assign"})
BEGINS = frozenset({"start"})
ASIDE = frozenset({"suspend", "resume", "reassign"})  # neither begins nor ends anything
SKIPS = frozenset({"autoskip", "manualskip", "withdraw", "ate_abort", "pi_abort"})


class RawEvent(NamedTuple):
    """A line of the log. `at` in milliseconds of 1970 UTC; a transition of no known name is a completion."""

    activity: str
    at: int
    transition: str = "complete"
    resource: str = ""
    cost: float = 0.0
    instance: str = ""


class _Open:
    """A step that has begun to be told."""

    __slots__ = ("completed", "cost", "name", "resource", "scheduled", "skipped", "started")

    def __init__(self, name: str) -> None:
        self.name = name
        self.scheduled: int | None = None
        self.started: int | None = None
        self.completed: int | None = None
        self.resource = ""
        self.cost = 0.0
        self.skipped = False


def add_case(log: Log, name: str, events: list[RawEvent], attributes: dict[str, str] | None = None) -> None:
    """Puts a case's events into the log as steps."""
    log.events += len(events)
    log.add(name, [_closed(log, each) for each in paired(events)], attributes)


def paired(events: Iterable[RawEvent]) -> list[_Open]:
    ended: list[_Open] = []
    pending: dict[tuple[str, str], list[_Open]] = {}
    for event in sorted(events, key=lambda each: each.at):
        transition = event.transition
        if transition in ASIDE:
            continue
        waiting = pending.setdefault((event.activity, event.instance), [])
        if transition in PLANS:
            step = _Open(event.activity)
            step.scheduled = event.at
            waiting.append(step)
        elif transition in BEGINS:
            step = next((each for each in waiting if each.started is None), None) or _Open(event.activity)
            if step.scheduled is None:
                waiting.append(step)
            step.started = event.at
        else:
            step = next((each for each in waiting if each.started is not None), None) or (
                waiting[0] if waiting else _Open(event.activity)
            )
            if waiting:
                waiting.remove(step)
            step.completed = event.at
            step.skipped = transition in SKIPS
            ended.append(step)
        step.resource = event.resource or step.resource
        step.cost += event.cost
    return ended + [step for waiting in pending.values() for step in waiting]


def _closed(log: Log, step: _Open) -> Step:
    known = (step.completed, step.started, step.scheduled)
    return Step(
        log.activities.place(step.name),
        step.scheduled,
        step.started,
        step.completed,
        next(moment for moment in known if moment is not None),
        log.resources.place(step.resource) if step.resource else NOBODY,
        step.cost,
        step.skipped,
    )
