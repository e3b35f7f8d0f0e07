"""BPMN 2.0 XML as graphs: one for each process of the file, with a report on each of its elements.

Nothing of the file is thrown away: what is not carried out stays in the text that travels along as `extras`, and
processes.bpmn.writing puts the graph back into it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.bpmn import beside, ours
from processes.bpmn.diagram import Diagram
from processes.bpmn.draft import Draft
from processes.bpmn.event_stages import attach_stages
from processes.bpmn.events import definitions_of
from processes.bpmn.flows import Ways
from processes.bpmn.inclusive import pairs
from processes.bpmn.layout import layout
from processes.bpmn.report import Entry
from processes.bpmn.steps import Place, is_kept, read_boundary, read_step
from processes.bpmn.vocabulary import FLOW_NODES, MODEL, YES
from processes.bpmn.ways import connect
from processes.bpmn.xml import Part, parse
from processes.graph.model import Flow, Graph, Kind

MOST_STEPS = 20_000
PASSED = FLOW_NODES | {"sequenceFlow"}


@dataclass(frozen=True)
class Model:
    """One process of a file. `owners`: which element of the file each node and flow comes from."""

    key: str
    name: str
    graph: Graph
    report: tuple[Entry, ...]
    diagram: Diagram
    owners: dict[str, str]
    entries: dict[str, str]
    exits: dict[str, str]

    @property
    def is_empty(self) -> bool:
        return not self.graph.flows


@dataclass(frozen=True)
class File:
    """A whole file. `beside`: what stands outside the processes."""

    root: Part
    models: tuple[Model, ...]
    beside: tuple[Entry, ...]
    text: str

    @property
    def report(self) -> list[Entry]:
        return [*(entry for model in self.models for entry in model.report), *self.beside]

    def extras_of(self, model: Model) -> dict[str, Any]:
        """Plain JSON to keep with the graph, so that the whole file can be written again."""
        return {"process": model.key, "xml": self.text, "diagram": model.diagram.to_json()}


def read(content: bytes) -> File:
    """Raises Refused for what is not BPMN 2.0, is broken, or describes no process."""
    root = parse(content)
    if root.uri != MODEL or root.local != "definitions":
        raise Refused(_("This is XML, but not BPMN 2.0: its root is <%(name)s>.") % {"name": root.name[:80]})
    processes = root.all("process")
    if not processes:
        raise Refused(_("The file describes no process."))
    if sum(each.local in PASSED for each in root.inside()) > MOST_STEPS:
        raise Refused(_("The file describes more than 20,000 steps and flows."))
    return File(
        root,
        tuple(model_of(root, each) for each in processes),
        tuple(beside.entries_of(root)),
        beside.text_of(root),
    )


def model_of(root: Part, process: Part) -> Model:
    draft = Draft(definitions={each.get("id"): each for each in root.parts if each.get("id")})
    try:
        _read_stage(draft, process, None)
        for part, _parent in [each for left in draft.begun_by_events.values() for each in left]:
            draft.kept(part, "event_scope_kept")  # the stage around it is a step done several times
        graph = Graph.of(draft.nodes.values(), draft.flows)
    except ValueError as fault:
        raise Refused(_("The process contradicts itself: %(fault)s") % {"fault": fault}) from None
    if not graph.flows:
        draft.kept(process, "black_box")
    diagram = _diagram_of(root, process, graph)
    name = _name_of(root, process)
    return Model(
        process.get("id"),
        name,
        graph,
        tuple(draft.report),
        diagram,
        draft.owners,
        draft.entries,
        draft.exits,
    )


def _diagram_of(root: Part, process: Part, graph: Graph) -> Diagram:
    """What is drawn of the process and around it, or a layout where it is not drawn at all."""
    keys = {each.get("id"): ours.key_of(each) for each in process.inside() if each.uri == MODEL}
    others = {
        each.get("id")
        for other in root.all("process")
        if other is not process
        for each in other.inside()
        if each.uri == MODEL
    }
    drawn = Diagram.of(root, {element: key for element, key in keys.items() if element}, others - {""})
    if any(key in drawn.shapes for key in graph.nodes):
        return drawn
    fresh = layout(graph)
    return Diagram({**drawn.shapes, **fresh.shapes}, {**drawn.lines, **fresh.lines})


def _name_of(root: Part, process: Part) -> str:
    """The name of the process, or of the pool that shows it, or of the file."""
    name = ours.name_of(process)
    for collaboration in root.all("collaboration"):
        for pool in collaboration.all("participant"):
            if pool.get("processRef").rpartition(":")[2] == process.get("id"):
                name = name or pool.get("name")
    return name or (root.get("name") if len(root.all("process")) == 1 else "") or process.get("id")


def _read_stage(draft: Draft, stage: Part, scope: str | None) -> None:
    """What stands inside a process or sub-process, in the order of the file."""
    ways = Ways.of(stage)
    steps = [each for each in stage.parts if each.uri == MODEL and each.local in FLOW_NODES]
    kept = _keep(draft, steps, scope)
    starts = _starts(draft, steps, kept)
    draft.pairs |= pairs([each for each in steps if each.get("id") not in kept], ways)
    for step in steps:
        if step.get("id") not in kept and step.local != "boundaryEvent":
            key = step.get("id")
            into, out_of = len(ways.into.get(key, ())), len(ways.out_of.get(key, ()))
            place = Place(scope, into, out_of, any(key == pair.join for pair in draft.pairs.values()))
            read_step(draft, step, place, lambda part, key: _read_stage(draft, part, key))
    for step in steps:
        if step.local == "boundaryEvent" and step.get("id") not in kept:
            read_boundary(draft, step, scope)
    if not starts:
        _begin(draft, stage, steps, ways, scope)
    connect(draft, steps, ways, scope, kept)
    _jump(draft, steps)
    attach_stages(draft, scope, _read_stage)
    for entry in beside.entries_in(stage):
        draft.report.append(entry)


def _keep(draft: Draft, steps: list[Part], scope: str | None) -> set[str]:
    """Undoing, stages begun by events, and what has no id to lead a flow to."""
    kept = set()
    for step in steps:
        if step.get("triggeredByEvent") in YES and scope is not None:
            around = draft.nodes[scope].scope
            draft.begun_by_events.setdefault(around, []).append((step, scope))
        elif is_kept(step):
            draft.kept(step, "event_scope_kept" if step.get("triggeredByEvent") in YES else "compensation")
        elif not step.get("id"):
            draft.kept(step, "unknown")
        else:
            continue
        kept.add(step.get("id"))
    return kept


def _starts(draft: Draft, steps: list[Part], kept: set[str]) -> list[Part]:
    """The one beginning: the first that nothing but the caller triggers, or else the first. Others are kept."""
    starts = [each for each in steps if each.local == "startEvent" and each.get("id") not in kept]
    starts.sort(key=lambda each: bool(definitions_of(each)))
    for other in starts[1:]:
        draft.kept(other, "another_start")
        kept.add(other.get("id"))
    return starts[:1]


def _begin(draft: Draft, stage: Part, steps: list[Part], ways: Ways, scope: str | None) -> None:
    """A beginning where none is drawn: at everything nothing leads to, all at once."""
    key = f"{scope or stage.get('id')}:start"
    draft.helper(stage, key, Kind.START, scope)
    catches = {
        each.get("id")
        for each in steps
        if each.local == "intermediateCatchEvent" and each.first("linkEventDefinition")
    }
    first = [
        each.get("id")
        for each in steps
        if each.get("id") in draft.entries
        and each.local != "boundaryEvent"
        and not ways.into.get(each.get("id"))
        and each.get("id") not in catches
    ]
    if len(first) > 1:
        split = f"{key}:split"
        draft.helper(stage, split, Kind.SPLIT, scope)
        draft.connect(stage, Flow(f"{split}:then", key, split))
        key = split
    for each in first:
        draft.connect(stage, Flow(f"{each}:begin", key, draft.entries[each]))


def _jump(draft: Draft, steps: list[Part]) -> None:
    """Links: from each throwing one to the catching one of the same name."""
    links = [(each, found) for each in steps if (found := each.first("linkEventDefinition"))]
    catching = {
        link.get("name"): each
        for each, link in links
        if each.local == "intermediateCatchEvent" and each.get("id") in draft.entries
    }
    jumping: set[str] = set()
    for each, link in links:
        if each.local != "intermediateThrowEvent" or each.get("id") not in draft.exits:
            continue
        source = draft.exits[each.get("id")]
        target = catching.get(link.get("name"))
        if target is None:
            draft.refused(each, "no_link")
            continue
        jumping.add(source)
        draft.connect(each, Flow(f"{source}:jump", source, draft.entries[target.get("id")]))
    _forget_ends(draft, jumping)


def _forget_ends(draft: Draft, jumping: set[str]) -> None:
    """A step that jumps has no end of its own."""
    for source in jumping:
        draft.nodes.pop(f"{source}:end", None)
    if jumping:
        ended = {f"{source}:ended" for source in jumping}
        draft.flows[:] = [flow for flow in draft.flows if flow.key not in ended]
