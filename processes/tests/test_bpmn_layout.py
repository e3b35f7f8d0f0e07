"""Drawings of graphs that have none."""

from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from processes.bpmn.diagram import Box, Diagram
from processes.bpmn.layout import layout
from processes.bpmn.reading import read
from processes.graph.model import Flow, Graph, Kind, Node
from processes.tests.bpmn_models import NAMES, graphs, real


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs(budget=12))
def test_shapes_stand_apart_stages_hold_their_steps_and_lines_run_between_them(graph):
    drawing = layout(graph)
    assert_apart(graph, drawing)
    for node in graph.nodes.values():
        assert node.scope is None or holds(drawing.shapes[node.scope].box, drawing.shapes[node.key].box)
    for flow in graph.flows:
        points = drawing.lines[flow.key].points
        assert len(points) > 1
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
        assert touches(drawing.shapes[flow.source].box, points[0])
        assert touches(drawing.shapes[flow.target].box, points[-1])
        for node in graph.inside(graph.nodes[flow.source].scope):
            if node.attached_to is None:
                box = drawing.shapes[node.key].box
                assert not any(crosses(box, *pair) for pair in pairwise(points))


@pytest.mark.parametrize("name", NAMES)
def test_the_real_files_are_drawn_without_overlaps_too(name):
    for model in read(real(name)).models:
        assert_apart(model.graph, layout(model.graph))


def test_a_chain_is_drawn_from_left_to_right():
    nodes = [Node("s", Kind.START), Node("a", Kind.TASK), Node("b", Kind.TASK), Node("e", Kind.END)]
    flows = [Flow("1", "s", "a"), Flow("2", "a", "b"), Flow("3", "b", "e")]
    shapes = layout(Graph.of(nodes, flows)).shapes
    places = [shapes[key].box.x for key in ("s", "a", "b", "e")]
    assert places == sorted(places)
    middles = {shapes[key].box.y + shapes[key].box.height / 2 for key in ("s", "a", "b", "e")}
    assert len(middles) == 1


def test_the_same_graph_is_drawn_the_same_way():
    graph = read(real("B.2.0")).models[2].graph
    assert layout(graph) == layout(Graph.from_json(graph.to_json()))


def test_a_drawing_is_plain_json_and_back():
    drawing = layout(read(real("B.2.0")).models[2].graph)
    assert Diagram.from_json(drawing.to_json()) == drawing


def assert_apart(graph, drawing):
    assert set(drawing.shapes) == set(graph.nodes)
    for one, other in combinations(graph.nodes.values(), 2):
        if one.scope == other.scope and one.key not in (other.attached_to,) and other.key != one.attached_to:
            assert not drawing.shapes[one.key].box.overlaps(drawing.shapes[other.key].box), (one, other)


def touches(box, point):
    x, y = point
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def holds(outer, inner):
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def crosses(box, one, other):
    """Whether a piece of a line runs inside the box; along its edge is outside."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return box.overlaps(Box(left, top, right - left, bottom - top))
