"""What recipes are made of: their questions, and short ways to say blocks of an outline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from processes.graph.blocks import Block, Outline

Answers = Mapping[str, Any]
OWNER: dict[str, Any] = {"kind": "owner"}
HEAD: dict[str, Any] = {"kind": "head"}


@dataclass(frozen=True)
class Question:
    """`kind`: number, money, duration, role, person, choice, text or boolean. A money's answer is a decimal as text, a
    duration's {"amount", "unit"}, a role's its key. `field`: a choice among the values of this field, or none."""

    name: str
    label: Any
    kind: str
    default: Any
    help: Any = ""
    field: str = ""


@dataclass(frozen=True)
class Recipe:
    """A process to begin with: questions, and what becomes of their answers. `trigger` gives one of a process's
    beginnings: {"fact", "when"?}, {"schedule", "field"?, "offset"?, "when"?} or {"button": True}. `guards`: fields
    of the process that keep it from beginning too often."""

    key: str
    title: Any
    about: Any
    subject: str
    trigger: Callable[[Answers], dict[str, Any]]
    questions: tuple[Question, ...]
    blocks: Callable[[Answers], list[Block]]
    guards: Mapping[str, Any] = field(default_factory=dict)

    def complete(self, answers: Answers) -> dict[str, Any]:
        """The answers, with the defaults of the questions that were not answered."""
        usual = {each.name: each.default for each in self.questions}
        return usual | {name: value for name, value in answers.items() if name in usual and value is not None}

    def outline(self, answers: Answers) -> Outline:
        return {"blocks": self.blocks(self.complete(answers))}

    def starts(self, answers: Answers) -> list[dict[str, Any]]:
        return [self.trigger(self.complete(answers))]


def button(_answers: Answers) -> dict[str, Any]:
    return {"button": True}


def lasting(amount: int, unit: str) -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


def role(key: str) -> dict[str, Any]:
    return {"kind": "role", "key": key}


def within(
    time: Mapping[str, Any], *, side: str = "us", remind: Any = None, tell_head: Any = None, give: Any = None
) -> dict[str, Any]:
    """A deadline. After it: remind after `remind`, tell the head after `tell_head`, give it to them after `give`."""
    late = [
        {**when, "do": do, **more}
        for when, do, more in (
            (remind, "remind", {}),
            (tell_head, "escalate", {"to": HEAD}),
            (give, "give", {"to": HEAD}),
        )
        if when
    ]
    return {**time, "side": side} | ({"late": late} if late else {})


def task(name: Any, who: Mapping[str, Any], deadline: Mapping[str, Any], **more: Any) -> Block:
    said = {
        key: [str(each) for each in value] if key == "checklist" else value for key, value in more.items()
    }
    if "instructions" in said:
        said["instructions"] = str(said["instructions"])
    return _block("task", name, who=dict(who), deadline=dict(deadline), **said)


def approval(
    name: Any, who: Mapping[str, Any], deadline: Mapping[str, Any], *, returned: Any = (), declined: Any = ()
) -> Block:
    rows = {"returned": list(returned), "declined": list(declined)}
    return _block("approval", name, who=dict(who), deadline=dict(deadline), rule={"need": "one"}, **rows)


def tell(name: Any, who: Mapping[str, Any], text: Any) -> Block:
    return action(name, "notify", who=dict(who), text=str(text))


def action(name: Any, verb: str, **arguments: Any) -> Block:
    return _block("action", name, action=verb, arguments=arguments)


def pause(name: Any, time: Mapping[str, Any]) -> Block:
    return _block("wait", name, **{"for": dict(time)})


def stage(name: Any, goal: Any, deadline: Mapping[str, Any] | None, *blocks: Block) -> Block:
    timed = {"deadline": dict(deadline)} if deadline else {}
    return _block("stage", name, goal=str(goal), blocks=list(blocks), **timed)


def at_once(name: Any, *branches: tuple[Any, list[Block]]) -> Block:
    return _block("together", name, need="all", branches=[_branch(each, blocks) for each, blocks in branches])


def first_of(name: Any, *branches: tuple[Any, Mapping[str, Any], list[Block]]) -> Block:
    """Whichever of some waits ends first, and what is done then."""
    ways = [_branch(each, blocks) | {"wait": dict(wait)} for each, wait, blocks in branches]
    return _block("race", name, branches=ways)


def choose(name: Any, *branches: tuple[Any, Any, list[Block]], otherwise: Any = ()) -> Block:
    ways = [_branch(each, blocks) | {"when": when} for each, when, blocks in branches]
    return _block("choice", name, branches=ways, **{"else": list(otherwise)})


def times(name: Any, count: int, *blocks: Block) -> Block:
    return _block("repeat", name, times=int(count), blocks=list(blocks))


def end(result: Any) -> Block:
    return _block("end", "", result=str(result))


def _block(kind: str, name: Any, **said: Any) -> Block:
    return {"id": str(uuid4()), "kind": kind, "name": str(name)} | said


def _branch(name: Any, blocks: list[Block]) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": str(name), "blocks": blocks}
