"""The same graph in SpiffWorkflow, an engine of BPMN that others wrote: what is open there, and finishing it.

Only what both have is told it: tasks, exclusive and parallel gateways, embedded sub-processes. A choice becomes a task
in which the way is said, with a gateway behind it that asks what was said.
"""

import tempfile
from collections import Counter
from typing import Any
from xml.sax.saxutils import quoteattr

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from processes.graph.model import WAITING, Flow, Graph, Kind, Node

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test">'
    '<process id="whole" isExecutable="true">'
)
FOOT = "</process></definitions>"
ASKED = frozenset({Kind.CHOICE, Kind.APPROVAL})


class Fell(Exception):
    """The other engine could not go on: an end of all beside an open stage, or its own forecast of a loop."""


class Spiff:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
        self.keys = {name: key for key, name in self.names.items()}
        parser = BpmnParser()
        with tempfile.NamedTemporaryFile("w", suffix=".bpmn", encoding="utf-8") as file:
            file.write(HEAD + self._body(None) + FOOT)
            file.flush()
            parser.add_bpmn_file(file.name)
        self.workflow = BpmnWorkflow(parser.get_spec("whole"), parser.get_subprocess_specs("whole"))
        self._go_on()

    # --- what it does

    @property
    def open(self) -> Counter[str]:
        return Counter(self.keys[task.task_spec.name] for task in self._ready())

    @property
    def is_over(self) -> bool:
        return bool(self.workflow.is_completed())

    def finish(self, node: str, way: Flow | None) -> None:
        task = next(each for each in self._ready() if each.task_spec.name == self.names[node])
        if way is not None:
            task.data[self.names[node]] = way.key
        self._go_on(task)

    def _go_on(self, task: Any = None) -> None:
        try:
            if task is not None:
                task.run()
            self.workflow.do_engine_steps()
        except (SpiffWorkflowException, RecursionError) as fault:
            raise Fell(str(fault)) from fault

    def _ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    # --- how it is told

    def _body(self, scope: str | None) -> str:
        inside = self.graph.inside(scope)
        keys = {each.key for each in inside}
        flows = [flow for flow in self.graph.flows if flow.source in keys]
        return "".join(map(self._node, inside)) + "".join(map(self._flow, flows))

    def _node(self, node: Node) -> str:
        name = self.names[node.key]
        match node.kind:
            case Kind.START:
                return f'<startEvent id="{name}"/>'
            case Kind.END:
                whole = "<terminateEventDefinition/>" if node.data.get("is_whole") else ""
                return f'<endEvent id="{name}">{whole}</endEvent>'
            case Kind.JOIN:
                return f'<parallelGateway id="{name}"/>'
            case Kind.SPLIT:  # there a parallel gateway also waits for all its ways in
                return f'<exclusiveGateway id="{name}"/><parallelGateway id="{name}x"/>' + _between(name)
            case Kind.SCOPE:
                return f'<subProcess id="{name}">{self._body(node.key)}</subProcess>'
            case kind if kind in ASKED:
                return f'<userTask id="{name}"/><exclusiveGateway id="{name}x"/>' + _between(name)
            case kind if kind in WAITING:
                return f'<userTask id="{name}"/>'
        raise AssertionError(node.kind)

    def _flow(self, flow: Flow) -> str:
        source, target = self.names[flow.source], self.names[flow.target]
        key = f"f{self.graph.flows.index(flow)}"
        kind = self.graph.nodes[flow.source].kind
        if kind not in ASKED:
            behind = "x" if kind is Kind.SPLIT else ""
            return f'<sequenceFlow id="{key}" sourceRef="{source}{behind}" targetRef="{target}"/>'
        said = quoteattr(f"{source} == {flow.key!r}")[1:-1]
        return (
            f'<sequenceFlow id="{key}" sourceRef="{source}x" targetRef="{target}">'
            f"<conditionExpression>{said}</conditionExpression></sequenceFlow>"
        )


def _between(name: str) -> str:
    return f'<sequenceFlow id="{name}f" sourceRef="{name}" targetRef="{name}x"/>'
