"""SpiffWorkflow with the same tasks in a row, its state kept in the same PostgreSQL after every task."""

import time
from itertools import pairwise
from typing import Any

import psycopg2

from bench.databases import url_of

ROUNDS = 5


def tasks_a_second(tasks: int, database: str) -> float:
    """Read the state, finish the task that is open, write the state, commit; as a worker without memory must."""
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

    spec = _spec(tasks)
    serializer = BpmnWorkflowSerializer()
    done, took = 0, 0.0
    with psycopg2.connect(url_of(database)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_spiff (id int PRIMARY KEY, state jsonb)")
        for number in range(max(1, ROUNDS * 10 // tasks)):
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
            cursor.execute(
                "INSERT INTO bench_spiff VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
                [number, state],
            )
            connection.commit()
            began = time.perf_counter()
            for _task in range(tasks):
                _step(cursor, serializer, number)
                connection.commit()
                done += 1
            took += time.perf_counter() - began
    return done / took


def _step(cursor: Any, serializer: Any, number: int) -> None:
    from SpiffWorkflow.util.task import TaskState

    cursor.execute("SELECT state::text FROM bench_spiff WHERE id = %s FOR UPDATE", [number])
    workflow = serializer.deserialize_json(cursor.fetchone()[0])
    for task in workflow.get_tasks(state=TaskState.READY, manual=True)[:1]:
        task.run()
    workflow.do_engine_steps()
    cursor.execute(
        "UPDATE bench_spiff SET state = %s WHERE id = %s", [serializer.serialize_json(workflow), number]
    )


def _spec(tasks: int) -> Any:
    """So many user tasks one after another, through its own BPMN parser."""
    import tempfile

    from SpiffWorkflow.bpmn.parser import BpmnParser

    names = [f"t{n}" for n in range(tasks)]
    stops = ["s", *names, "e"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(pairwise(stops))
    )
    tasks_xml = "".join(f'<userTask id="{name}" name="{name}"/>' for name in names)
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">'
        f'<process id="p" isExecutable="true"><startEvent id="s"/>{tasks_xml}<endEvent id="e"/>{flows}</process>'
        "</definitions>"
    )
    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn") as file:
        file.write(text)
        file.flush()
        parser.add_bpmn_file(file.name)
    return parser.get_spec("p")
