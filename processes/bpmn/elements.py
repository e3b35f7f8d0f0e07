"""A node as an element of BPMN, with what of it BPMN has words for; the rest is said in our own extension."""

from typing import Any

from processes.bpmn import ours, timers
from processes.bpmn.vocabulary import ACTIONS, STAGES, TASKS, XSI
from processes.bpmn.wording import text_of
from processes.bpmn.xml import Part
from processes.graph.model import Graph, Kind, Node

COMMON = frozenset({"id", "name", "completionQuantity", "startQuantity", "isForCompensation"})
OWNED = frozenset(
    {"default", "cancelActivity", "attachedToRef", "calledElement", "messageRef", "gatewayDirection"}
    | {"triggeredByEvent", "instantiate"}
)
OWNED_PARTS = frozenset(
    {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"} | {"activationCondition"}
)
TAGS = {
    Kind.START: "startEvent",
    Kind.END: "endEvent",
    Kind.APPROVAL: "userTask",
    Kind.CALL: "callActivity",
    Kind.CHOICE: "exclusiveGateway",
    Kind.SPLIT: "parallelGateway",
    Kind.RACE: "eventBasedGateway",
    Kind.EACH: "subProcess",
}
FIRST = frozenset({"documentation", "extensionElements", "import", "extension"})
LEADING = frozenset({"documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef"})


def tag_of(graph: Graph, node: Node) -> str:
    said = node.data.get("element")
    if node.kind is Kind.TASK:
        return said if said in TASKS else "userTask"
    if node.kind is Kind.ACTION:
        return said if said in ACTIONS else "serviceTask"
    if node.kind is Kind.SCOPE:
        return said if said in STAGES else "subProcess"
    if node.kind is Kind.JOIN:
        return "parallelGateway" if node.data.get("need") == "all" else "complexGateway"
    if node.kind is Kind.WAIT:
        if node.attached_to is not None:
            return "boundaryEvent"
        is_watched = bool(graph.watchers_of(node.key))  # BPMN lets activities be watched, not events
        return "receiveTask" if said == "receiveTask" or is_watched else "intermediateCatchEvent"
    return TAGS[node.kind]


def rewrite(root: Part, part: Part, graph: Graph, node: Node, attached_to: str, has_event: bool) -> None:
    """Makes the element say the node anew. What belongs to other programs, and what stands inside, stays; so does
    what it waits for where `has_event` says that this is said there already."""
    tag = tag_of(graph, node)
    same = part.local == tag
    has_event = has_event and same
    part.attributes = {
        name: value
        for name, value in part.attributes.items()
        if name in COMMON
        or ":" in name
        or (same and name not in OWNED)
        or (has_event and name == "messageRef")
    }
    part.name = f"{part.prefix}:{tag}" if part.prefix else tag
    part.children = [each for each in part.children if not _is_owned(part, each, has_event)]
    ours.forget(part)
    part.attributes.pop("name", None)
    if node.name:
        part.attributes["name"] = node.name
    if not has_event or not part.local.endswith(("Event", "receiveTask")):
        _write_kind(root, part, graph, node)
    if node.attached_to is not None:
        part.attributes["attachedToRef"] = attached_to
        if node.data.get("interrupts") is False:
            part.attributes["cancelActivity"] = "false"


def _is_owned(part: Part, child: Part | str, has_event: bool) -> bool:
    if isinstance(child, str) or child.uri != part.uri:
        return False
    if child.local.endswith("EventDefinition") or child.local == "eventDefinitionRef":
        return not has_event
    return child.local in OWNED_PARTS


def _write_kind(root: Part, part: Part, graph: Graph, node: Node) -> None:
    if node.kind is Kind.TASK:
        _write_instructions(part, node.data.get("instructions"))
    elif node.kind is Kind.CALL and isinstance(node.data.get("process"), str):
        part.attributes["calledElement"] = node.data["process"]
    elif node.kind is Kind.START:
        _write_event(root, part, node.data.get("starts"), None)
    elif node.kind is Kind.END and node.data.get("is_whole") and node.scope is None:
        part.children.append(part.new("terminateEventDefinition"))
    elif node.kind is Kind.SPLIT:
        part.attributes["gatewayDirection"] = "Diverging"
    elif node.kind is Kind.JOIN:
        part.attributes["gatewayDirection"] = "Converging"
        if part.local == "complexGateway":
            condition = part.new("activationCondition")
            condition.children.append(str(node.data.get("need", "")))
            part.children.append(condition)
    elif node.kind is Kind.EACH:
        _write_each(root, part, node)
    elif node.kind is Kind.WAIT and part.local == "receiveTask":
        name = _named(node.data.get("for"), "message")
        if name:
            part.attributes["messageRef"] = _definition(root, "message", name)
    elif node.kind is Kind.WAIT:
        _write_event(root, part, node.data.get("for"), node.data.get("repeat"))


def _write_instructions(part: Part, text: Any) -> None:
    found = part.first("documentation")
    if found and found.text != text:
        part.children.remove(found)
    if isinstance(text, str) and text and not (found and found.text == text):
        documentation = part.new("documentation")
        documentation.children.append(text)
        part.children.insert(0, documentation)


def _write_each(root: Part, part: Part, node: Node) -> None:
    loop = part.new("multiInstanceLoopCharacteristics")
    if not node.data.get("at_once"):
        loop.attributes["isSequential"] = "true"
    times, each = node.data.get("times"), node.data.get("each")
    if type(times) is int:
        loop.children.append(_expression(root, part, "loopCardinality", str(times)))
    elif isinstance(each, str) and each:
        items = part.new("loopDataInputRef")
        items.children.append(each)
        loop.children.append(items)
    place = next((at for at, child in enumerate(part.children) if _comes_after_loop(child)), None)
    part.children.insert(len(part.children) if place is None else place, loop)


def _comes_after_loop(child: Part | str) -> bool:
    after = LEADING | {"incoming", "outgoing", "ioSpecification", "property", "dataInputAssociation"}
    return isinstance(child, Part) and child.local not in after | {"dataOutputAssociation", "potentialOwner"}


def _write_event(root: Part, part: Part, wait: Any, repeat: Any) -> None:
    """The event definition that says the wait; one without a time or condition where BPMN cannot say it."""
    if not isinstance(wait, dict) or not wait:
        if part.local != "startEvent":
            part.children.append(part.new("conditionalEventDefinition"))
            part.parts[-1].children.append(_expression(root, part, "condition", ""))
        return
    for word in ("message", "signal"):
        if name := _named(wait, word):
            reference = {f"{word}Ref": _definition(root, word, name)}
            part.children.append(part.new(f"{word}EventDefinition", reference))
            return
    if "condition" in wait or "fact" in wait or "field" in wait:
        event = part.new("conditionalEventDefinition")
        event.children.append(_expression(root, part, "condition", text_of(wait.get("condition"))))
    else:
        event = part.new("timerEventDefinition")
        event.children += _time(root, part, wait, repeat)
    part.children.append(event)


def _time(root: Part, part: Part, wait: dict[str, Any], repeat: Any) -> list[Part]:
    length = timers.as_duration(wait)
    if length and type(repeat) is int:
        count = "" if repeat == timers.FOREVER else str(repeat)
        return [_expression(root, part, "timeCycle", f"R{count}/{length}")]
    if length:
        return [_expression(root, part, "timeDuration", length)]
    if isinstance(wait.get("at"), str):
        return [_expression(root, part, "timeDate", wait["at"])]
    return []


def _expression(root: Part, like: Part, local: str, text: str) -> Part:
    """A formal expression, as readers of BPMN expect it to be typed."""
    prefix = next((key[6:] for key, value in root.attributes.items() if value == XSI), "")
    part = like.new(local)
    if prefix:
        part.attributes[f"{prefix}:type"] = like.new("tFormalExpression").name
    if text:
        part.children.append(text)
    return part


def write_condition(root: Part, flow: Part, text: str) -> None:
    """Replaces the condition of a sequence flow."""
    flow.children = [
        each
        for each in flow.children
        if isinstance(each, str) or each.uri != flow.uri or each.local != "conditionExpression"
    ]
    if text:
        flow.children.append(_expression(root, flow, "conditionExpression", text))


def _named(wait: Any, word: str) -> str:
    name = wait.get(word) if isinstance(wait, dict) and set(wait) == {word} else ""
    return name if isinstance(name, str) else ""


def _definition(root: Part, word: str, name: str) -> str:
    """The id of the message or signal with this name, which is added where it is missing."""
    for each in root.all(word):
        if each.get("name") == name and each.get("id"):
            return each.get("id")
    taken = {each.get("id") for each in root.inside()}
    number = next(count for count in range(1, len(taken) + 2) if f"{word}_{count}" not in taken)
    first = next(
        (at for at, each in enumerate(root.children) if isinstance(each, Part) and each.local not in FIRST), 0
    )
    root.children.insert(first, root.new(word, {"id": f"{word}_{number}", "name": name}))
    return f"{word}_{number}"
