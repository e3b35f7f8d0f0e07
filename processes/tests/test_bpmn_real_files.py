"""The reference models of the BPMN Model Interchange Working Group, and one of a loop around a join."""

import pytest

from processes.bpmn.reading import read
from processes.bpmn.report import as_json
from processes.bpmn.writing import is_same, write
from processes.graph.model import Kind
from processes.tests.bpmn_models import NAMES, canonical, kept_parts, real, report_of

COUNTS = {  # executed, kept, refused, nodes, flows
    "A.1.0": (9, 0, 0, 5, 4),
    "A.2.0": (14, 0, 3, 8, 9),
    "A.2.1": (16, 7, 3, 10, 13),
    "A.3.0": (17, 0, 1, 11, 8),
    "A.4.0": (30, 8, 0, 18, 14),
    "A.4.1": (30, 11, 0, 18, 14),
    "B.1.0": (51, 21, 4, 31, 27),
    "B.2.0": (157, 24, 22, 110, 97),
    "C.1.0": (36, 27, 5, 21, 20),
    "C.1.1": (16, 30, 4, 10, 10),
    "C.9.1": (17, 5, 0, 10, 7),
    "spiff_parallel_join_in_loop": (18, 0, 1, 9, 10),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_read_as_these_figures_say(name):
    file = read(real(name))
    counts = as_json(file.report)["counts"]
    nodes = sum(len(model.graph.nodes) for model in file.models)
    flows = sum(len(model.graph.flows) for model in file.models)
    found = (counts["executed"], counts["kept"], counts["refused"], nodes, flows)
    assert found == COUNTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_import_export_import_gives_the_same_graphs_kept_parts_and_drawings(name):
    content = real(name)
    file = read(content)
    for model in file.models:
        written = write(model.graph, file.extras_of(model))
        again = read(written)
        assert [each.graph.sha256 for each in again.models] == [each.graph.sha256 for each in file.models]
        assert [each.diagram for each in again.models] == [each.diagram for each in file.models]
        assert report_of(again) == report_of(file) or "BPMNDiagram" not in content.decode()
        assert kept_parts(written) == kept_parts(content)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("spiff")])
def test_a_file_that_is_drawn_comes_back_whole_element_by_element(name):
    content = real(name)
    file = read(content)
    drawn = [each for each in file.models if f'"{next(iter(each.graph.nodes))}"' in _drawings(content)]
    assert drawn
    for model in drawn:
        assert canonical(write(model.graph, file.extras_of(model))) == canonical(content)


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_alone_without_the_file_is_written_and_read_as_the_same(name):
    for model in read(real(name)).models:
        assert is_same(read(write(model.graph, name=model.name)).models[0].graph, model.graph)


@pytest.mark.parametrize("name", NAMES)
def test_each_step_and_flow_of_the_file_is_reported(name):
    file = read(real(name))
    said = {entry.element for entry in file.report}
    words = ("Task", "Event", "Gateway", "subProcess", "callActivity", "sequenceFlow")
    for process in file.root.all("process"):
        for part in process.inside():
            if part.local == "task" or part.local.endswith(words):
                assert part.get("id") in said


@pytest.mark.parametrize("name", NAMES)
def test_every_process_has_a_drawing_of_each_of_its_elements(name):
    for model in read(real(name)).models:
        tops = [node.key for node in model.graph.inside(None) if ":" not in node.key]
        assert all(key in model.diagram.shapes for key in tops)


def test_c_9_1_waits_for_the_document_reminds_daily_six_times_and_calls_after_seven_days():
    model = read(real("C.9.1")).models[0]
    graph = model.graph
    wait = graph.nodes["ReceiveTask_WaitForDocument"]
    assert wait.kind is Kind.WAIT
    assert wait.data["for"] == {"message": "MESSAGE_documentReceived"}
    daily, week = graph.nodes["BoundaryEvent_1"], graph.nodes["BoundaryEvent_2"]
    assert [each.key for each in graph.watchers_of(wait.key)] == [daily.key, week.key]
    assert daily.data == {"for": {"amount": 1, "unit": "days"}, "repeat": 6, "interrupts": False}
    assert week.data == {"for": {"amount": 7, "unit": "days"}}
    ways = {
        "StartEvent_DocumentRequested": "SendTask_RequestDocument",
        "SendTask_RequestDocument": "ReceiveTask_WaitForDocument",
        "ReceiveTask_WaitForDocument": "EndEvent_GotDocument",
        "BoundaryEvent_1": "SendTask_SendReminderEmail",
        "SendTask_SendReminderEmail": "EndEvent_ReminderSent",
        "BoundaryEvent_2": "UserTask_CallCustomer",
        "UserTask_CallCustomer": "EndEvent_TalkedToCustomer",
    }
    assert {flow.source: flow.target for flow in graph.flows} == ways
    assert graph.nodes["SendTask_SendReminderEmail"].kind is Kind.ACTION
    assert graph.nodes["UserTask_CallCustomer"].kind is Kind.TASK
    assert not as_json(model.report)["refused"]


def test_the_join_in_a_loop_is_a_join_of_two_flows_behind_a_split():
    graph = read(real("spiff_parallel_join_in_loop")).models[0].graph
    assert graph.nodes["p3"].data == {"need": "all"}
    assert graph.ways_into("p3") == {"f6", "f9"}
    assert graph.nodes["p2"].kind is Kind.SPLIT
    assert [flow.is_else for flow in graph.out_of("x11")] == [False, True]


def _drawings(content):
    return content.decode().partition("BPMNPlane")[2].replace("'", '"')
