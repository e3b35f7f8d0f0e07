"""What each element of BPMN becomes."""

import pytest

from processes.bpmn import timers
from processes.bpmn.reading import read
from processes.bpmn.report import REASONS
from processes.bpmn.writing import is_same, write
from processes.graph.model import Kind
from processes.tests.bpmn_models import around, condition, file_of, flow, read_one, reasons, timer


def catch(inside):
    return around(f'<bpmn:intermediateCatchEvent id="x">{inside}</bpmn:intermediateCatchEvent>')


def watching(inside, more=""):
    steps = around('<bpmn:userTask id="x"/>') + '<bpmn:endEvent id="late"/>' + flow("b", "late")
    return steps + f'<bpmn:boundaryEvent id="b" attachedToRef="x" {more}>{inside}</bpmn:boundaryEvent>'


@pytest.mark.parametrize("element", ["task", "userTask", "manualTask"])
def test_what_a_person_does_is_a_task(element):
    assert read_one(around(f'<bpmn:{element} id="x" name="Ask"/>')).graph.nodes["x"].kind is Kind.TASK


@pytest.mark.parametrize("element", ["serviceTask", "sendTask", "businessRuleTask", "scriptTask"])
def test_what_a_machine_does_is_an_action_still_to_be_chosen(element):
    node = read_one(around(f'<bpmn:{element} id="x"/>')).graph.nodes["x"]
    assert node.kind is Kind.ACTION
    assert node.data["action"] == ""


def test_a_script_is_kept_and_not_executed():
    model = read_one(around('<bpmn:scriptTask id="x"><bpmn:script>rm()</bpmn:script></bpmn:scriptTask>'))
    assert reasons(model, "x") == [("kept", "script")]
    assert "rm()" not in str(model.graph.to_json())


def test_the_documentation_of_a_task_is_its_instructions():
    task = '<bpmn:userTask id="x"><bpmn:documentation>Ask twice.</bpmn:documentation></bpmn:userTask>'
    assert read_one(around(task)).graph.nodes["x"].data == {"instructions": "Ask twice."}


def test_a_call_names_the_process_it_starts():
    node = read_one(around('<bpmn:callActivity id="x" calledElement="n:onboarding"/>')).graph.nodes["x"]
    assert (node.kind, node.data) == (Kind.CALL, {"process": "onboarding", "is_waited_for": True})


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("P7D", {"amount": 7, "unit": "days"}),
        ("P2W", {"amount": 14, "unit": "days"}),
        ("PT90M", {"amount": 90, "unit": "minutes"}),
        ("PT120M", {"amount": 2, "unit": "hours"}),
        ("P1DT12H", {"amount": 36, "unit": "hours"}),
        ("PT30S", {"amount": 1, "unit": "minutes"}),
        ("PT0.5S", None),
        ("P1M", None),
        ("P1Y2D", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("P0D", None),
        ("-P1D", None),
        ("7 days", None),
        ("P" + "9" * 400 + "D", None),
    ],
)
def test_a_duration_is_read_as_days_hours_or_minutes(text, wait):
    if wait is None:
        with pytest.raises(timers.Unreadable):
            timers.duration(text)
    else:
        assert timers.duration(text) == wait


@pytest.mark.parametrize("amount", [1, 2, 24, 59, 60, 90])
@pytest.mark.parametrize("unit", ["minutes", "hours", "days"])
def test_a_duration_of_ours_written_and_read_is_as_long(amount, unit):
    minutes = {"minutes": 1, "hours": 60, "days": 1440}
    again = timers.duration(timers.as_duration({"amount": amount, "unit": unit}))
    assert again["amount"] * minutes[again["unit"]] == amount * minutes[unit]


def test_an_event_waits_for_a_duration():
    node = read_one(catch(timer("timeDuration", "PT15M"))).graph.nodes["x"]
    assert (node.kind, node.data) == (Kind.WAIT, {"for": {"amount": 15, "unit": "minutes"}})


def test_an_event_waits_for_a_moment():
    node = read_one(catch(timer("timeDate", "2026-03-01T09:00:00+03:00"))).graph.nodes["x"]
    assert node.data == {"for": {"at": "2026-03-01T09:00:00+03:00"}}


def test_an_event_that_waits_once_keeps_its_repetition_unexecuted():
    model = read_one(catch(timer("timeCycle", "R3/P1D")))
    assert model.graph.nodes["x"].data == {"for": {"amount": 1, "unit": "days"}}
    assert ("kept", "cycle_once") in reasons(model, "x")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (timer("timeDuration", "P1M"), "months"),
        (timer("timeDuration", ""), "no_time"),
        (timer("timeCycle", "0 0 9 * * MON"), "strange_time"),
        (timer("timeDate", "tomorrow"), "strange_time"),
        ("", "no_event"),
        (timer("timeDuration", "P1D") * 2, "several_events"),
        ("<bpmn:conditionalEventDefinition/>", "no_condition"),
    ],
)
def test_a_wait_that_cannot_be_carried_out_is_refused_with_the_reason(inside, reason):
    model = read_one(catch(inside))
    assert model.graph.nodes["x"].data["refused"] == reason
    assert reasons(model, "x") == [("refused", reason)]


def test_a_message_is_waited_for_by_its_name():
    message = '<bpmn:message id="m" name="Paid"/>'
    model = read_one(catch('<bpmn:messageEventDefinition messageRef="m"/>'), message)
    assert model.graph.nodes["x"].data == {"for": {"message": "Paid"}}


def test_a_boundary_event_watches_its_step_and_interrupts_it():
    model = read_one(watching(timer("timeDuration", "P1D")))
    node = model.graph.nodes["b"]
    assert node.attached_to == "x"
    assert node.data == {"for": {"amount": 1, "unit": "days"}}
    assert [each.target for each in model.graph.out_of("b")] == ["late"]


def test_a_boundary_event_that_interrupts_nothing_repeats():
    node = read_one(watching(timer("timeCycle", "R/PT1H"), 'cancelActivity="false"')).graph.nodes["b"]
    assert node.data == {"for": {"amount": 1, "unit": "hours"}, "interrupts": False, "repeat": 1_000_000}


@pytest.mark.parametrize(
    ("event", "reason"), [("error", "error"), ("escalation", "escalation"), ("cancel", "cancel")]
)
def test_errors_and_escalations_are_refused(event, reason):
    model = read_one(watching(f"<bpmn:{event}EventDefinition/>"))
    assert reasons(model, "b") == [("refused", reason)]


def test_what_undoes_a_step_is_kept_and_no_part_of_the_graph():
    steps = watching("<bpmn:compensateEventDefinition/>") + '<bpmn:task id="undo" isForCompensation="true"/>'
    model = read_one(steps)
    assert {"b", "undo"}.isdisjoint(model.graph.nodes)
    assert reasons(model, "undo") == [("kept", "compensation")]
    assert reasons(model, "b_late") == [("kept", "nowhere")]


def test_a_choice_takes_its_default_otherwise():
    gateway = '<bpmn:exclusiveGateway id="x" default="x_t"/><bpmn:task id="t"/>'
    steps = around(gateway) + flow("x", "t") + flow("t", "e")
    graph = read_one(steps.replace(flow("x", "e"), flow("x", "e", condition("a &gt; 1")))).graph
    assert graph.nodes["x"].kind is Kind.CHOICE
    assert {each.target: each.is_else for each in graph.out_of("x")} == {"e": False, "t": True}


def test_a_condition_nobody_here_understands_is_kept_as_text_and_refused():
    gateway = '<bpmn:exclusiveGateway id="x" default="x_e"/><bpmn:task id="t"/>'
    model = read_one(around(gateway) + flow("x", "t", condition("${a == b}")) + flow("t", "e"))
    assert model.graph.flow("x_t").when == {"text": "${a == b}"}
    assert reasons(model, "x_t") == [("refused", "strange_condition")]


def test_flows_out_of_a_choice_without_a_condition_are_refused():
    model = read_one(around('<bpmn:exclusiveGateway id="x"/>') + '<bpmn:task id="t"/>' + flow("x", "t"))
    assert reasons(model, "x_t") == [("refused", "no_condition")]


def test_a_parallel_gateway_with_several_ways_in_and_out_is_a_join_and_a_split():
    steps = (
        '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="a"/><bpmn:parallelGateway id="x"/>'
        '<bpmn:task id="t"/><bpmn:task id="u"/><bpmn:task id="v"/><bpmn:task id="w"/>'
    )
    ways = [("s", "a"), ("a", "t"), ("a", "u"), ("t", "x"), ("u", "x"), ("x", "v"), ("x", "w")]
    graph = read_one(steps + "".join(flow(*way) for way in ways)).graph
    assert (graph.nodes["x"].kind, graph.nodes["x:split"].kind) == (Kind.JOIN, Kind.SPLIT)
    assert [each.target for each in graph.out_of("x:split")] == ["v", "w"]


def test_several_flows_out_of_a_step_are_taken_all_at_once():
    graph = read_one(around('<bpmn:task id="x"/><bpmn:task id="t"/>') + flow("x", "t")).graph
    assert [each.target for each in graph.out_of("x")] == ["x:split"]
    assert graph.nodes["x:split"].kind is Kind.SPLIT


def test_one_condition_and_a_default_after_a_step_are_a_choice():
    task = '<bpmn:task id="x" default="x_e"/><bpmn:task id="t"/>'
    graph = read_one(around(task) + flow("x", "t", condition("a"))).graph
    assert graph.nodes["x:choice"].kind is Kind.CHOICE
    assert {each.target: each.is_else for each in graph.out_of("x:choice")} == {"e": True, "t": False}


def test_after_an_inclusive_split_each_way_is_asked_for_itself():
    gateway = '<bpmn:inclusiveGateway id="x"/><bpmn:task id="t"/>'
    steps = around(gateway).replace(flow("x", "e"), flow("x", "e", condition("a")))
    graph = read_one(steps + flow("x", "t", condition("b"))).graph
    assert graph.nodes["x"].kind is Kind.SPLIT
    asked = [each.target for each in graph.out_of("x")]
    assert [graph.nodes[key].kind for key in asked] == [Kind.CHOICE, Kind.CHOICE]
    assert all(len(graph.out_of(key)) == 2 for key in asked)


def inclusive(more=""):
    steps = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:inclusiveGateway id="x" default="x_c"/>'
        '<bpmn:inclusiveGateway id="y"/><bpmn:task id="a"/><bpmn:task id="b"/><bpmn:task id="c"/>'
    )
    ways = flow("s", "x") + flow("x", "a", condition("1")) + flow("x", "b", condition("2")) + flow("x", "c")
    return steps + ways + flow("a", "y") + flow("b", "y") + flow("c", "y") + flow("y", "e") + more


def test_an_inclusive_join_waits_for_each_branch_of_its_split_taken_or_not():
    model = read_one(inclusive())
    graph = model.graph
    assert (graph.nodes["y"].kind, graph.nodes["y"].data["need"]) == (Kind.JOIN, "all")
    assert reasons(model, "y") == [("executed", "several_join")]
    for branch in ("x_a", "x_b", "x_c"):
        assert {each.target for each in graph.out_of(f"{branch}:asked")} == {branch[-1], f"{branch}:meet"}
        assert [each.target for each in graph.out_of(branch[-1])] == [f"{branch}:meet"]
        assert [each.target for each in graph.out_of(f"{branch}:meet")] == ["y"]
    assert graph.flow("x_c").when == {"not": {"any": [{"text": "1"}, {"text": "2"}]}}


@pytest.mark.parametrize(
    "more",
    [
        '<bpmn:task id="d"/>' + flow("s", "d") + flow("d", "y"),
        flow("a", "b"),
        flow("a", "e"),
        '<bpmn:boundaryEvent id="w" attachedToRef="a"/>' + flow("w", "e"),
    ],
)
def test_an_inclusive_join_that_others_reach_or_miss_is_refused(more):
    model = read_one(inclusive(more))
    assert reasons(model, "y") == [("refused", "inclusive_join")]
    assert model.graph.nodes["y"].data["refused"] == "inclusive_join"


def test_an_inclusive_split_and_join_are_written_and_read_as_the_same():
    file = read(file_of(inclusive()))
    graph = file.models[0].graph
    assert is_same(read(write(graph)).models[0].graph, graph)
    assert read(write(graph, file.extras_of(file.models[0]))).models[0].graph == graph


def test_a_race_leads_to_waits():
    steps = (
        '<bpmn:eventBasedGateway id="x"/>'
        f'<bpmn:intermediateCatchEvent id="w">{timer("timeDuration", "P1D")}</bpmn:intermediateCatchEvent>'
        '<bpmn:receiveTask id="r"/>'
    )
    ways = flow("s", "x") + flow("x", "w") + flow("x", "r")
    graph = read_one('<bpmn:startEvent id="s"/>' + steps + ways).graph
    assert graph.nodes["x"].kind is Kind.RACE
    assert {graph.nodes[each.target].kind for each in graph.out_of("x")} == {Kind.WAIT}


def test_a_race_to_something_that_does_not_wait_is_refused():
    model = read_one(around('<bpmn:eventBasedGateway id="x"/>'))
    assert ("refused", "race_without_waits") in reasons(model, "x")


def test_a_terminating_end_ends_the_whole_run_but_not_from_inside_a_stage():
    end = '<bpmn:endEvent id="{}"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    inner = '<bpmn:startEvent id="is"/>' + end.format("ie") + flow("is", "ie")
    steps = f'<bpmn:subProcess id="x">{inner}</bpmn:subProcess>{end.format("t")}'
    model = read_one(around(steps) + flow("x", "t"))
    assert model.graph.nodes["t"].data == {"is_whole": True}
    assert "is_whole" not in model.graph.nodes["ie"].data
    assert reasons(model, "ie") == [("refused", "terminate_inside")]


def test_the_name_of_an_end_is_the_result_of_the_run():
    steps = around('<bpmn:task id="x"/>').replace(
        '<bpmn:endEvent id="e"/>', '<bpmn:endEvent id="e" name="Won"/>'
    )
    assert read_one(steps).graph.nodes["e"].data == {"result": "Won"}


def test_of_several_starts_the_one_without_a_trigger_begins_the_process():
    event = f'<bpmn:startEvent id="first">{timer("timeDuration", "P1D")}</bpmn:startEvent>'
    model = read_one(event + around('<bpmn:task id="x"/>') + flow("first", "x"))
    assert model.graph.start_of(None).key == "s"
    assert reasons(model, "first") == [("kept", "another_start")]
    assert reasons(model, "first_x") == [("kept", "from_what_is_kept")]


def test_without_a_start_everything_begins_that_nothing_leads_to():
    graph = read_one('<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:task id="c"/>' + flow("a", "b")).graph
    split = graph.out_of(graph.start_of(None).key)[0].target
    assert {each.target for each in graph.out_of(split)} == {"a", "c"}


def test_a_jump_leads_to_the_place_of_the_same_name():
    link = '<bpmn:linkEventDefinition name="A"/>'
    steps = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
        f'<bpmn:intermediateThrowEvent id="from">{link}</bpmn:intermediateThrowEvent>'
        f'<bpmn:intermediateCatchEvent id="to">{link}</bpmn:intermediateCatchEvent>'
    )
    graph = read_one(steps + flow("s", "from") + flow("to", "e")).graph
    assert [each.target for each in graph.out_of("from")] == ["to"]
    assert graph.reachable() == {"s", "from", "to", "e"}


def test_a_flow_to_nowhere_is_kept():
    model = read_one(around('<bpmn:task id="x"/>') + flow("x", "missing"))
    assert reasons(model, "x_missing") == [("kept", "nowhere")]


def test_a_process_without_steps_is_kept_as_an_empty_one():
    model = read_one("")
    assert model.is_empty
    assert reasons(model, "p") == [("kept", "black_box")]


def test_a_process_is_named_after_itself_or_the_pool_that_shows_it():
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="q" name="Sales" processRef="p"/></bpmn:collaboration>'
    assert read_one(around('<bpmn:task id="x"/>'), pool).name == "Sales"
    assert read_one(around('<bpmn:task id="x"/>')).name == "p"


def test_people_documents_and_notes_are_kept_and_said_to_be():
    steps = (
        '<bpmn:laneSet id="l"><bpmn:lane id="l1" name="Sales"/></bpmn:laneSet>'
        '<bpmn:dataObject id="d1"/><bpmn:textAnnotation id="n1"/>'
    )
    model = read_one(around('<bpmn:task id="x"/>') + steps)
    assert reasons(model, "l1") == [("kept", "people")]
    assert reasons(model, "d1") == [("kept", "data")]
    assert reasons(model, "n1") == [("kept", "drawn")]


def test_words_of_other_programs_are_counted_by_program():
    steps = around('<bpmn:task id="x" xmlns:o="urn:other" o:form="f"><o:y/></bpmn:task>')
    entries = read(file_of(steps)).beside
    assert {(entry.kind, entry.count) for entry in entries} == {("o", 1), ("urn:other", 1)}


def test_every_reason_is_a_sentence():
    assert all(str(reason).endswith(".") for reason in REASONS.values())
