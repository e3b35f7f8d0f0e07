"""What a file holds besides its steps: documents, people, drawings, other participants, other programs' words."""

from collections import Counter
from collections.abc import Iterator

from processes.bpmn.report import Entry, Verdict
from processes.bpmn.vocabulary import (
    BETWEEN,
    BPMNDI,
    DC,
    DEFINITIONS,
    DI,
    DOCUMENTS,
    DRAWN,
    FLOW_NODES,
    MODEL,
    OURS,
    PEOPLE,
    WRITTEN_AROUND,
)
from processes.bpmn.xml import Part, serialized

REASONS = (
    (DRAWN, "drawn"),
    (DOCUMENTS, "data"),
    (PEOPLE, "people"),
    (BETWEEN, "between"),
    (DEFINITIONS, "definition"),
)
PASSED = WRITTEN_AROUND | {"process", "collaboration", "ioSpecification"}


def text_of(root: Part) -> str:
    return serialized(root).decode()


def entries_of(root: Part) -> Iterator[Entry]:
    """Everything outside the processes, and other programs' words counted by where they come from."""
    for part in root.parts:
        if part.uri == MODEL and part.local not in PASSED:
            yield _kept(part)
        if part.local == "collaboration":
            for each in part.parts:
                if each.uri == MODEL and each.local not in WRITTEN_AROUND:
                    yield _kept(each)
    yield from _foreign(root)


def entries_in(stage: Part) -> Iterator[Entry]:
    """What stands in a process or stage, or inside its steps, that no flow passes."""
    for part in stage.parts:
        if part.uri != MODEL or part.local in WRITTEN_AROUND:
            continue
        if part.local not in FLOW_NODES:
            if _reason(part) != "unknown" or part.get("id"):
                yield _kept(part)
            if part.local == "laneSet":
                yield from (_kept(lane) for lane in part.inside() if lane.local == "lane")
            continue
        for each in part.parts:
            if each.uri == MODEL and each.local in DOCUMENTS | PEOPLE:
                yield _kept(each)


def _kept(part: Part) -> Entry:
    return Entry(part.get("id"), part.local, part.get("name"), Verdict.KEPT, _reason(part))


def _reason(part: Part) -> str:
    return next((reason for locals_, reason in REASONS if part.local in locals_), "unknown")


def _foreign(root: Part) -> Iterator[Entry]:
    found: Counter[str] = Counter()
    for part in root.inside():
        if part.uri not in (MODEL, OURS, BPMNDI, DC, DI):
            found[part.uri or part.name] += 1
        for name in part.attributes:
            prefix = name.rpartition(":")[0]
            if prefix not in ("", "xmlns", "xsi", "xml"):
                found[prefix] += 1
    for name, count in found.items():
        yield Entry("", name, "", Verdict.KEPT, "foreign", count)
