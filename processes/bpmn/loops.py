"""Steps done several times: for each of several, a number of times, or as long as a condition holds."""

from dataclasses import dataclass, field
from typing import Any

from processes.bpmn.draft import Draft
from processes.bpmn.report import Entry, Verdict
from processes.bpmn.vocabulary import YES
from processes.bpmn.wording import condition_of
from processes.bpmn.xml import Part
from processes.graph.model import Flow, Kind, Node


@dataclass(frozen=True)
class Loop:
    """`kind`: EACH, or SCOPE around a step that a choice leads back to. `notes`: what of it is kept only."""

    kind: Kind
    data: dict[str, Any]
    reason: str
    when: Any = None
    is_asked_first: bool = False
    notes: list[str] = field(default_factory=list)

    def tell(self, draft: Draft, part: Part) -> None:
        said = _characteristics(part)
        word = said.local if said else "loop"
        refused = self.data.get("refused")
        verdict = Verdict.REFUSED if refused else Verdict.EXECUTED
        for each, reason in ((verdict, self.reason), *((Verdict.KEPT, note) for note in self.notes)):
            draft.report.append(Entry(part.get("id"), word, part.get("name"), each, reason))


def loop_of(part: Part) -> Loop | None:
    said = _characteristics(part)
    if said is None:
        return None
    if said.local == "multiInstanceLoopCharacteristics":
        return _several(said)
    return _again(said)


def _characteristics(part: Part) -> Part | None:
    return part.first("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def _several(said: Part) -> Loop:
    at_once = said.get("isSequential") not in YES
    notes = ["completion"] if said.first("completionCondition") else []
    number, items = said.first("loopCardinality"), said.first("loopDataInputRef")
    if number and number.text.isdecimal() and len(number.text) < 6:
        return Loop(Kind.EACH, {"times": int(number.text), "at_once": at_once}, "times", notes=notes)
    if items and items.text:
        return Loop(Kind.EACH, {"each": items.text, "at_once": at_once}, "each", notes=notes)
    refused = {"each": "", "at_once": at_once, "refused": "each_of_what"}
    return Loop(Kind.EACH, refused, "each_of_what", notes=notes)


def _again(said: Part) -> Loop:
    most = said.get("loopMaximum")
    condition = said.first("loopCondition")
    if condition is not None and condition.text:
        when, refused = condition_of(condition.text)
        data = {"refused": refused} if refused else {}
        first = said.get("testBefore") in YES
        notes = ["most_rounds"] if most else []
        return Loop(Kind.SCOPE, data, refused or "until", when, first, notes)
    if most.isdecimal() and int(most[:6]) > 0 and len(most) < 6:
        return Loop(Kind.EACH, {"times": int(most), "at_once": False}, "times")
    refused_data = {"each": "", "at_once": False, "refused": "each_of_what"}
    return Loop(Kind.EACH, refused_data, "each_of_what")


def wrap(draft: Draft, part: Part, key: str, scope: str | None, loop: Loop) -> str:
    """Puts the loop around the step and gives the key the step itself has inside it."""
    draft.add(part, Node(key, loop.kind, part.get("name"), loop.data, scope))
    start, body, end, asked = (f"{key}:{word}" for word in ("start", "body", "end", "again"))
    draft.helper(part, start, Kind.START, key)
    draft.helper(part, end, Kind.END, key)
    if loop.kind is Kind.EACH:
        ways = [(start, body), (body, end)]
    else:
        draft.helper(part, asked, Kind.CHOICE, key)
        ways = [(start, asked if loop.is_asked_first else body), (body, asked)]
    for source, target in ways:
        draft.connect(part, Flow(f"{source}:then", source, target))
    if loop.kind is Kind.SCOPE:
        draft.connect(part, Flow(f"{asked}:yes", asked, body, when=loop.when))
        draft.connect(part, Flow(f"{asked}:no", asked, end, is_else=True))
    return body
