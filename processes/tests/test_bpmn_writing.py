"""Writing graphs as BPMN, and into the file they came from."""

from dataclasses import replace
from itertools import pairwise
from random import Random
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import HealthCheck, given, settings

from foundation.errors import Refused
from processes.bpmn.reading import read
from processes.bpmn.writing import is_same, write
from processes.graph.model import Flow, Graph, Kind, Node
from processes.tests.bpmn_models import (
    MODEL,
    NAMES,
    around,
    canonical,
    condition,
    file_of,
    flow,
    graphs,
    kept_parts,
    real,
)

DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_any_graph_written_is_a_sound_file_and_read_as_the_same_graph(graph):
    written = write(graph, name="Any")
    assert is_same(read(written).models[0].graph, graph)
    assert_sound(written)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_written_after_changes_holds_them_and_everything_else(name):
    file = read(real(name))
    for model in file.models:
        for seed in range(8):
            graph = changed(model.graph, Random(seed))
            written = write(graph, file.extras_of(model))
            again = read(written)
            assert is_same(next(each for each in again.models if each.key == model.key).graph, graph)
            for other, before in zip(again.models, file.models, strict=True):
                assert other.key == model.key or other.graph == before.graph
            assert_sound(written)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_and_its_opposite_leave_the_file_as_it_was(name):
    file = read(real(name))
    for model in file.models:
        node = next(each for each in model.graph.nodes.values() if each.kind in (Kind.TASK, Kind.START))
        renamed = with_node(model.graph, replace(node, name="Another"))
        once = read(write(renamed, file.extras_of(model)))
        there = next(each for each in once.models if each.key == model.key)
        back = write(model.graph, once.extras_of(there))
        assert kept_parts(back) == kept_parts(file.text.encode())


def test_what_a_changed_step_tells_other_programs_stays():
    steps = around(
        '<bpmn:userTask id="x" name="Ask" xmlns:o="urn:other" o:form="f1"><bpmn:extensionElements><o:a/>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    file = read(file_of(steps))
    graph = with_node(file.models[0].graph, replace(file.models[0].graph.nodes["x"], name="Ask twice"))
    written = write(graph, file.extras_of(file.models[0])).decode()
    assert 'o:form="f1"' in written
    assert "<o:a/>" in written
    assert 'name="Ask twice"' in written


def test_a_changed_timer_is_said_in_words_of_bpmn():
    timer = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P7D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    file = read(file_of(around(f'<bpmn:intermediateCatchEvent id="x">{timer}</bpmn:intermediateCatchEvent>')))
    node = file.models[0].graph.nodes["x"]
    changed_graph = with_node(
        file.models[0].graph, replace(node, data={"for": {"amount": 3, "unit": "hours"}})
    )
    written = write(changed_graph, file.extras_of(file.models[0])).decode()
    assert "PT3H" in written
    assert "P7D" not in written
    assert "romashka" not in written


def test_what_bpmn_has_no_words_for_is_said_beside_the_element():
    nodes = [
        Node("s", Kind.START),
        Node("7-ask", Kind.APPROVAL, "Approve", {"who": {"kind": "head"}, "rule": {"need": "one"}}),
        Node("e", Kind.END, data={"result": "done"}),
        Node("no", Kind.END, "declined", {"result": "declined"}),
    ]
    flows = [
        Flow("1", "s", "7-ask"),
        Flow("2", "7-ask", "e", outcome="approved"),
        Flow("3", "7-ask", "no", outcome="declined"),
    ]
    graph = Graph.of(nodes, flows)
    written = write(graph, key="P", name="Approval").decode()
    assert "<bpmn:userTask" in written
    assert 'outcome = "approved"' in written
    assert is_same(read(written.encode()).models[0].graph, graph)


def test_a_step_taken_out_leaves_nothing_that_refers_to_it():
    file = read(real("A.4.0"))
    model = file.models[1]
    graph, gone = without_one_step(model.graph, Random(1))
    written = write(graph, file.extras_of(model)).decode()
    assert gone is not None
    assert gone in file.text
    assert gone not in written


def test_a_step_put_in_is_drawn_below_the_rest():
    file = read(real("C.9.1"))
    model = file.models[0]
    graph = put_in(model.graph, model.graph.flows[0], "new")
    shapes = read(write(graph, file.extras_of(model))).models[0].diagram.shapes
    lowest = max(shape.box.y + shape.box.height for shape in model.diagram.shapes.values())
    assert shapes["new"].box.y > lowest


def test_a_step_put_in_stands_before_the_notes_as_the_schema_asks():
    note = '<bpmn:textAnnotation id="n"><bpmn:text>Mind</bpmn:text></bpmn:textAnnotation>'
    file = read(file_of(around('<bpmn:task id="x"/>') + note))
    graph = put_in(file.models[0].graph, file.models[0].graph.flows[0], "new")
    written = write(graph, file.extras_of(file.models[0])).decode()
    assert written.index('id="new"') < written.index('id="new-on"') < written.index('id="n"')


def test_a_condition_in_another_language_is_written_as_it_was():
    gateway = '<bpmn:exclusiveGateway id="x" default="x_e"/><bpmn:task id="t"/>'
    file = read(file_of(around(gateway) + flow("x", "t", condition("${a &lt; b}")) + flow("t", "e")))
    written = write(file.models[0].graph).decode()
    assert "${a &lt; b}" in written


def test_a_process_that_is_not_in_the_kept_file_is_refused():
    file = read(real("A.1.0"))
    with pytest.raises(Refused):
        write(file.models[0].graph, {"process": "other", "xml": file.text})


def test_a_kept_drawing_that_is_none_is_refused():
    file = read(real("A.1.0"))
    extras = file.extras_of(file.models[0]) | {"diagram": {"shapes": {"x": 3}}}
    with pytest.raises(Refused):
        write(file.models[0].graph, extras)


def test_a_shape_moved_on_the_canvas_moves_in_the_file_and_keeps_its_colour():
    file = read(real("B.2.0"))
    model = file.models[0]
    extras = file.extras_of(model)
    key = next(key for key in model.graph.nodes if key in model.diagram.shapes)
    extras["diagram"]["shapes"][key]["box"][0] = 7.5
    written = write(model.graph, extras)
    assert read(written).models[0].diagram.shapes[key].box.x == 7.5
    assert written.count(b"<") == file.text.encode().count(b"<")
    assert canonical(written) != canonical(file.text)


def test_writing_a_thousand_steps_takes_seconds():
    nodes = [Node("s", Kind.START), *(Node(f"t{at}", Kind.TASK) for at in range(1000)), Node("e", Kind.END)]
    keys = [node.key for node in nodes]
    flows = [Flow(f"f{at}", *ends) for at, ends in enumerate(pairwise(keys))]
    graph = Graph.of(nodes, flows)
    assert is_same(read(write(graph)).models[0].graph, graph)


# Changes as people make them


def with_node(graph, node):
    return Graph.of([node if each.key == node.key else each for each in graph.nodes.values()], graph.flows)


def changed(graph, random):
    for at in range(3):
        change = random.choice(["name", "who", "put in", "take out", "watch", "wait"])
        node = random.choice(list(graph.nodes.values()))
        if change == "name":
            graph = with_node(graph, replace(node, name=f"Named {at}"))
        elif change == "who":
            graph = with_node(graph, replace(node, data={**node.data, "who": {"kind": "owner"}}))
        elif change == "put in" and graph.flows:
            graph = put_in(graph, random.choice(graph.flows), f"new {at}")
        elif change == "take out":
            graph, _gone = without_one_step(graph, random)
        elif change == "watch":
            graph = watched(graph, random, f"watch{at}")
        elif node.kind is Kind.WAIT:
            wait = {"for": {"amount": 2 + at, "unit": "hours"}}
            graph = with_node(graph, replace(node, data={**node.data, **wait}))
    return graph


def put_in(graph, where, key):
    node = Node(key, Kind.TASK, "Put in", scope=graph.nodes[where.source].scope)
    flows = [replace(each, target=key) if each == where else each for each in graph.flows]
    return Graph.of([*graph.nodes.values(), node], [*flows, Flow(f"{key}-on", key, where.target)])


def without_one_step(graph, random):
    """Takes out a step that one flow leaves, and leads what came to it past it."""
    steps = [
        each.key
        for each in graph.nodes.values()
        if each.kind in (Kind.TASK, Kind.ACTION, Kind.WAIT, Kind.CALL)
        and each.attached_to is None
        and not graph.watchers_of(each.key)
        and len(graph.out_of(each.key)) == 1
        and graph.out_of(each.key)[0].target != each.key
    ]
    if not steps:
        return graph, None
    key = random.choice(steps)
    after = graph.out_of(key)[0]
    flows = [replace(each, target=after.target) if each.target == key else each for each in graph.flows]
    nodes = [each for each in graph.nodes.values() if each.key != key]
    return Graph.of(nodes, [each for each in flows if each.key != after.key]), key


def watched(graph, random, key):
    steps = [each for each in graph.nodes.values() if each.kind in (Kind.TASK, Kind.SCOPE, Kind.EACH)]
    if not steps:
        return graph
    step = random.choice(steps)
    data = {"for": {"amount": 1, "unit": "days"}, "interrupts": False, "repeat": 2}
    wait = Node(key, Kind.WAIT, "Late", data, step.scope, attached_to=step.key)
    end = Node(f"{key}-end", Kind.END, scope=step.scope)
    return Graph.of([*graph.nodes.values(), wait, end], [*graph.flows, Flow(f"{key}-flow", key, end.key)])


def assert_sound(written):
    """Ids once each, references to what is there, incoming and outgoing as the flows are, everything drawn once."""
    root = fromstring(written)  # noqa: S314 - written here
    ids = [part.get("id") for part in root.iter() if part.get("id") and part.tag.startswith(MODEL)]
    assert len(ids) == len(set(ids))
    drawn = [
        part.get("bpmnElement")
        for part in root.iter()
        if part.tag in (f"{DRAWING}BPMNShape", f"{DRAWING}BPMNEdge")
    ]
    assert len(drawn) == len(set(drawn))
    for process in root.iter(f"{MODEL}process"):
        parts = {part.get("id"): part for part in process.iter() if part.get("id")}
        for each in process.iter(f"{MODEL}sequenceFlow"):
            for end, word in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
                step = parts[each.get(end)]
                named = [part.text for part in step.findall(f"{MODEL}{word}")]
                assert not named or each.get("id") in named
        for each in process.iter(f"{MODEL}boundaryEvent"):
            assert each.get("attachedToRef") in parts
        for word in ("incoming", "outgoing"):
            assert all(part.text in parts for part in process.iter(f"{MODEL}{word}"))
