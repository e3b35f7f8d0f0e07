"""What becomes of each element of a file: executed, kept or refused, with the reason in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Verdict(StrEnum):
    EXECUTED = "executed"
    KEPT = "kept"  # survives in the file, and the run goes on without it
    REFUSED = "refused"  # stands in the process, which cannot be published before it is replaced or completed


REASONS = {
    # Executed
    "task": _("A person's task."),
    "action": _("An automatic action, once you have chosen which; what other systems are told is kept."),
    "call": _("Starts another process, once one here has this key."),
    "wait": _("Waits."),
    "message": _("Waits until the message is reported, by a person or from outside."),
    "signal": _("Waits until the signal is reported, by a person or from outside."),
    "throw": _("Says something to others, once you have chosen with which action."),
    "pass": _("A point that is passed."),
    "link": _("A jump to the place with the same name."),
    "choice": _("Takes the first flow whose condition holds."),
    "merge": _("Lets through whoever comes."),
    "split": _("Goes on along all flows at once."),
    "several": _("Goes on along every flow whose condition holds."),
    "several_join": _("Waits for every branch that was chosen at the gateway before it."),
    "join": _("Waits until all flows have come in."),
    "race": _("Goes on with whatever happens first."),
    "scope": _("A stage with steps of its own."),
    "transaction": _("A stage; that it is undone as a whole is kept, not executed."),
    "ad_hoc": _("A stage whose steps that nothing leads to are all begun at once, each done one time."),
    "each": _("Done for each of several."),
    "times": _("Done a fixed number of times, one after another."),
    "until": _("Done again as long as the condition holds."),
    "start": _("The beginning."),
    "started_by": _("The beginning; what starts it by itself is said in the settings of the process."),
    "end": _("An end."),
    "end_whole": _("Ends the whole run at once."),
    "flow": _("A way from step to step."),
    "watch": _("Watches the step it is attached to."),
    "event_scope": _("A stage begun by an event while the stage around it goes on, or instead of it."),
    # Kept
    "script": _("The script is kept, not executed; choose an action in its place."),
    "black_box": _("An empty process; there is nothing to carry out."),
    "another_start": _("A process here begins in one place; this other beginning is kept, not executed."),
    "from_what_is_kept": _("Leads from or to something that is not executed."),
    "compensation": _("Undoing finished steps is kept, not executed."),
    "event_scope_kept": _("This stage begun by an event has no counterpart here; it is kept, not executed."),
    "nowhere": _("Leads from or to something that is not in the file."),
    "drawn": _("Belongs to the drawing; kept."),
    "data": _("Describes documents and data; kept."),
    "people": _("Names who takes part; kept. Choose the person or role at each task."),
    "between": _("Describes what other participants do; kept."),
    "definition": _("A definition that others refer to; kept."),
    "foreign": _("Belongs to another program; kept."),
    "unknown": _("Not an element that is carried out; kept."),
    "condition_ignored": _("A condition after such a gateway means nothing in BPMN; kept, not executed."),
    "cycle_once": _("The repetition is kept, not executed: the wait ends the first time."),
    "most_rounds": _("The limit on rounds is kept, not executed."),
    "completion": _("The condition for stopping early is kept, not executed."),
    # Refused
    "inclusive_join": _("Which branches it must wait for cannot be told; use a join of all flows instead."),
    "complex": _("The rule of this gateway cannot be carried out; use a choice or a join instead."),
    "error": _("Errors as events are not carried out; use a choice instead."),
    "escalation": _("Escalation events are not carried out; use the steps of a deadline instead."),
    "cancel": _("Cancelling a transaction is not carried out; use an end of the whole run instead."),
    "compensate": _("Undoing finished steps is not carried out; say the steps that undo it instead."),
    "several_events": _("Several events in one are not carried out; use one wait for each."),
    "no_event": _("Nothing says what is waited for."),
    "no_time": _("The timer says no time."),
    "strange_time": _("The time cannot be read; say it as a number of minutes, hours or days."),
    "months": _("Months and years differ in length; say it in days."),
    "no_condition": _("No condition is given; say when this way is taken."),
    "strange_condition": _("The condition is written in a language not understood here; say it anew."),
    "terminate_inside": _("Ends the stage at once, not the whole run; here it ends only its own path."),
    "each_of_what": _("Nothing says for each of what, or how many times."),
    "no_link": _("The place this jump leads to is missing."),
    "race_without_waits": _("What follows must each wait for something."),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`element` is the id in the file; `kind` the word of BPMN for it."""

    element: str
    kind: str
    name: str
    verdict: Verdict
    reason: str
    count: int = 1

    @property
    def sentence(self) -> str:
        return str(REASONS[self.reason])

    def as_json(self) -> dict[str, Any]:
        plain = {"element": self.element, "kind": self.kind, "name": self.name, "reason": self.sentence}
        return plain | ({"count": self.count} if self.count > 1 else {})


def as_json(entries: Iterable[Entry]) -> dict[str, Any]:
    """Three lists by verdict, and how long each is."""
    lists: dict[str, list[dict[str, Any]]] = {verdict: [] for verdict in Verdict}
    for entry in entries:
        lists[entry.verdict].append(entry.as_json())
    return {**lists, "counts": {verdict: len(found) for verdict, found in lists.items()}}
