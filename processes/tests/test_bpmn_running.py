"""What was read from BPMN runs in the engine as the drawing says."""

from itertools import product
from random import Random

import pytest

from processes.bpmn.reading import read
from processes.engine.advance import Finish, Happen, Spread
from processes.graph.model import Kind
from processes.tests.bpmn_models import NAMES, around, condition, file_of, flow, read_one, real
from processes.tests.driving import Driven

DAILY, WEEK, WAIT = "BoundaryEvent_1", "BoundaryEvent_2", "ReceiveTask_WaitForDocument"


def asked_for_the_document():
    run = Driven(read(real("C.9.1")).models[0].graph)
    run.finish("SendTask_RequestDocument")
    assert run.nodes == sorted([WAIT, DAILY, WEEK])
    return run


def test_without_the_document_six_reminders_are_sent_and_then_the_client_is_called():
    run = asked_for_the_document()
    times = run.graph.nodes[DAILY].data["repeat"]
    for left in reversed(range(times)):
        run.do(Happen(run.at(DAILY), again=left > 0))
        run.finish("SendTask_SendReminderEmail")
    assert run.passed.count("SendTask_SendReminderEmail") == 6
    assert run.nodes == sorted([WAIT, WEEK])
    run.do(Happen(run.at(WEEK)))
    assert run.nodes == ["UserTask_CallCustomer"]
    run.finish("UserTask_CallCustomer")
    assert run.result == "Answer received"


def test_a_document_that_comes_ends_the_reminders():
    run = asked_for_the_document()
    run.do(Happen(run.at(DAILY), again=True))
    run.finish("SendTask_SendReminderEmail")
    run.finish(WAIT)
    assert run.result == "Document received"


def in_a_round():
    """Three ways, of which any may be taken; then once more, or the end."""
    steps = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:exclusiveGateway id="m"/>'
        '<bpmn:inclusiveGateway id="x"/><bpmn:inclusiveGateway id="y"/>'
        '<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:exclusiveGateway id="z" default="z_e"/>'
    )
    ways = flow("s", "m") + flow("m", "x") + flow("y", "z") + flow("z", "m", condition("1")) + flow("z", "e")
    split = flow("x", "a", condition("2")) + flow("x", "b", condition("3")) + flow("x", "y", condition("4"))
    return read_one(steps + ways + split + flow("a", "y") + flow("b", "y")).graph


@pytest.mark.parametrize("rounds", list(product([(0, 0), (0, 1), (1, 0), (1, 1)], repeat=2)))
def test_an_inclusive_join_waits_for_the_taken_branches_in_every_round(rounds):
    run = Driven(in_a_round())
    for number, taken in enumerate(rounds):
        run.finish("m", flow="m_x")
        for branch, is_taken in zip(("x_a", "x_b"), taken, strict=True):
            run.finish(f"{branch}:asked", flow=branch if is_taken else f"{branch}:not")
        run.finish("x_y:asked", flow="x_y:not")
        for step, is_taken in zip("ab", taken, strict=True):
            if is_taken:
                assert run.nodes.count("z") == 0
                run.finish(step)
        assert run.nodes == ["z"]
        run.finish("z", flow="z_e" if number else "z_m")
    assert run.result == ""


def test_a_step_with_a_loop_is_done_until_its_condition_no_longer_holds():
    loop = "<bpmn:loopCondition>a</bpmn:loopCondition>"
    loop = f"<bpmn:standardLoopCharacteristics>{loop}</bpmn:standardLoopCharacteristics>"
    run = Driven(read_one(around(f'<bpmn:userTask id="x">{loop}</bpmn:userTask>')).graph)
    for _round in range(3):
        run.finish("x:body")
        run.finish("x:again", flow="x:again:yes")
    run.finish("x:body")
    run.finish("x:again", flow="x:again:no")
    assert run.passed.count("x:body") == 4
    assert run.result is not None


def test_a_stage_begun_by_an_event_takes_the_place_of_the_stage_around_it():
    timer = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    begun = f'<bpmn:startEvent id="es">{timer}</bpmn:startEvent><bpmn:task id="et"/>{flow("es", "et")}'
    event = f'<bpmn:subProcess id="ev" triggeredByEvent="true">{begun}</bpmn:subProcess>'
    inner = f'<bpmn:startEvent id="is"/><bpmn:task id="it"/>{flow("is", "it")}{event}'
    run = Driven(read_one(around(f'<bpmn:subProcess id="x">{inner}</bpmn:subProcess>')).graph)
    assert run.nodes == ["es:watch", "it"]
    run.do(Happen(run.at("es:watch")))
    assert run.nodes == ["et"]
    run.finish("et")
    assert run.result is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_walk_through_a_real_file_never_surprises_the_engine(name):
    for model in read(real(name)).models:
        for seed in range(15):
            run, random = Driven(model.graph), Random(seed)
            for _step in range(150):
                if (
                    not run.open
                ):  # over, or before a join that waits for a beginning that is kept, not executed
                    break
                step(run, random)


def step(run, random):
    """Something that waits happens, as the outside would say it."""
    token = random.choice(sorted(run.open))
    node = run.graph.nodes[run.open[token]]
    if node.attached_to is not None:
        run.do(Happen(token, again="repeat" in node.data and random.random() < 0.5))
    elif node.kind is Kind.EACH:
        run.do(Spread(token, random.randrange(3)))
    elif node.kind is Kind.CHOICE:
        run.do(Finish(token, flow=random.choice(run.graph.out_of(node.key)).key))
    else:
        run.do(Finish(token))


def test_a_file_read_twice_is_the_same_graph():
    content = file_of(around('<bpmn:task id="x"/>'))
    assert read(content).models[0].graph.sha256 == read(content).models[0].graph.sha256
