"""Sub-processes, loops, and stages begun by events."""

import pytest

from processes.graph.model import Kind
from processes.tests.bpmn_models import around, flow, read_one, reasons, timer


def test_a_sub_process_is_a_scope_with_its_own_start():
    inner = '<bpmn:startEvent id="is"/><bpmn:task id="it"/>' + flow("is", "it")
    graph = read_one(around(f'<bpmn:subProcess id="x">{inner}</bpmn:subProcess>')).graph
    assert graph.nodes["x"].kind is Kind.SCOPE
    assert graph.nodes["it"].scope == "x"
    assert graph.start_of("x").key == "is"
    assert graph.nodes["it:end"].kind is Kind.END


def test_steps_of_an_ad_hoc_sub_process_begin_all_at_once():
    inner = '<bpmn:task id="a"/><bpmn:task id="b"/>'
    graph = read_one(around(f'<bpmn:adHocSubProcess id="x">{inner}</bpmn:adHocSubProcess>')).graph
    split = graph.out_of(graph.start_of("x").key)[0].target
    assert graph.nodes[split].kind is Kind.SPLIT
    assert {each.target for each in graph.out_of(split)} == {"a", "b"}


@pytest.mark.parametrize(("said", "at_once"), [("", True), ('isSequential="true"', False)])
def test_a_step_for_each_of_several_stands_in_a_body(said, at_once):
    inside = "<bpmn:loopDataInputRef>deal.contacts</bpmn:loopDataInputRef>"
    loop = f"<bpmn:multiInstanceLoopCharacteristics {said}>{inside}</bpmn:multiInstanceLoopCharacteristics>"
    graph = read_one(around(f'<bpmn:userTask id="x">{loop}</bpmn:userTask>')).graph
    assert (graph.nodes["x"].kind, graph.nodes["x"].data) == (
        Kind.EACH,
        {"each": "deal.contacts", "at_once": at_once},
    )
    assert (graph.nodes["x:body"].kind, graph.nodes["x:body"].scope) == (Kind.TASK, "x")


def test_a_number_of_instances_is_a_number_of_times():
    inside = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{inside}</bpmn:multiInstanceLoopCharacteristics>"
    step = f'<bpmn:subProcess id="x">{loop}<bpmn:task id="t"/></bpmn:subProcess>'
    graph = read_one(around(step)).graph
    assert graph.nodes["x"].data == {"times": 3, "at_once": True}
    assert graph.nodes["t"].scope == "x"


def test_a_loop_with_a_condition_leads_back_to_its_step():
    loop = "<bpmn:loopCondition>a</bpmn:loopCondition>"
    loop = f"<bpmn:standardLoopCharacteristics>{loop}</bpmn:standardLoopCharacteristics>"
    graph = read_one(around(f'<bpmn:userTask id="x">{loop}</bpmn:userTask>')).graph
    assert graph.nodes["x"].kind is Kind.SCOPE
    assert {each.target for each in graph.out_of("x:again")} == {"x:body", "x:end"}


def test_a_loop_without_a_condition_or_number_is_refused():
    loop = "<bpmn:standardLoopCharacteristics/>"
    model = read_one(around(f'<bpmn:userTask id="x">{loop}</bpmn:userTask>'))
    assert ("refused", "each_of_what") in reasons(model, "x")


def stage_begun_by_an_event(more=""):
    begun = f'<bpmn:startEvent id="es" {more}>{timer("timeDuration", "P1D")}</bpmn:startEvent><bpmn:task id="et"/>'
    event = f'<bpmn:subProcess id="ev" triggeredByEvent="true">{begun}{flow("es", "et")}</bpmn:subProcess>'
    inner = '<bpmn:startEvent id="is"/><bpmn:task id="it"/>' + flow("is", "it") + event
    return f'<bpmn:subProcess id="x">{inner}</bpmn:subProcess>'


def test_a_stage_begun_by_an_event_watches_the_stage_around_it():
    graph = read_one(around(stage_begun_by_an_event())).graph
    watch = graph.watchers_of("x")[0]
    assert watch.data == {"for": {"amount": 1, "unit": "days"}}
    assert [each.target for each in graph.out_of(watch.key)] == ["ev"]
    assert [each.target for each in graph.out_of("ev")] == ["e"]
    assert graph.nodes["et"].scope == "ev"


def test_a_stage_begun_beside_the_stage_around_it_has_its_own_end():
    graph = read_one(around(stage_begun_by_an_event('isInterrupting="false"'))).graph
    assert graph.watchers_of("x")[0].data["interrupts"] is False
    assert graph.nodes[graph.out_of("ev")[0].target].kind is Kind.END


def test_a_stage_begun_by_an_event_anywhere_in_the_process_is_kept():
    event = '<bpmn:subProcess id="ev" triggeredByEvent="true"><bpmn:startEvent id="es"/></bpmn:subProcess>'
    model = read_one(around('<bpmn:task id="x"/>') + event)
    assert reasons(model, "ev") == [("kept", "event_scope_kept")]
    assert "ev" not in model.graph.nodes


def test_a_stage_begun_by_an_event_inside_a_repeated_stage_is_kept_and_said_to_be():
    loop = "<bpmn:loopCondition>a</bpmn:loopCondition>"
    loop = f"<bpmn:standardLoopCharacteristics>{loop}</bpmn:standardLoopCharacteristics>"
    repeated = stage_begun_by_an_event().replace(
        '<bpmn:subProcess id="x">', f'<bpmn:subProcess id="x">{loop}'
    )
    model = read_one(around(repeated))
    assert reasons(model, "ev") == [("kept", "event_scope_kept")]
    assert "ev" not in model.graph.nodes
