"""What BPMN has no words for, said in an extension element of ours: JSON beside the element it belongs to."""

import json
import re
from typing import Any

from processes.bpmn.vocabulary import OURS
from processes.bpmn.xml import Part
from processes.graph.model import Kind

LONGEST_KEY, LONGEST = 250, 500_000
NOTHING = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # the character no database keeps
SHAPES = {  # which kinds an element of BPMN may stand for, besides its own
    "userTask": {Kind.TASK, Kind.APPROVAL},
    "serviceTask": {Kind.ACTION, Kind.TASK},
    "receiveTask": {Kind.WAIT},
    "callActivity": {Kind.CALL},
    "subProcess": {Kind.SCOPE, Kind.EACH},
    "parallelGateway": {Kind.SPLIT, Kind.JOIN},
    "complexGateway": {Kind.JOIN},
}


def said(part: Part) -> dict[str, Any]:
    """What we said about an element when we wrote it; empty for what others wrote or have spoiled."""
    extension = part.first("extensionElements")
    for each in extension.parts if extension else []:
        if each.uri == OURS and each.local == "said":
            text = each.text
            if len(text) > LONGEST:
                return {}
            try:
                found = json.loads(text, parse_constant=_refuse)
                if NOTHING.search(json.dumps(found, ensure_ascii=False).encode()):
                    return {}
            except (ValueError, RecursionError):
                return {}
            return found if isinstance(found, dict) and _is_sound(found) else {}
    return {}


def key_of(part: Part) -> str:
    return said(part).get("key") or part.get("id")


def kind_of(part: Part, otherwise: Kind) -> Kind:
    kind = said(part).get("kind")
    return Kind(kind) if kind and kind in SHAPES.get(part.local, ()) else otherwise


def completed(part: Part, understood: dict[str, Any]) -> dict[str, Any]:
    """What BPMN says about the element, completed by what only we could say."""
    found = said(part)
    plain = {key: value for key, value in understood.items() if key not in found.get("without", ())}
    return {**plain, **found.get("data", {})}


def name_of(part: Part) -> str:
    name: str = said(part).get("name", part.get("name"))
    return name


def is_plain(part: Part) -> bool:
    """Whether the element is exactly one node, to which reading adds nothing."""
    return said(part).get("plain") is True


def say(part: Part, words: dict[str, Any]) -> None:
    """Adds to what we say about an element; its other extensions stay."""
    extension = part.first("extensionElements")
    if extension is None:
        extension = part.new("extensionElements")
        documentation = sum(each.local == "documentation" for each in part.parts)
        part.children.insert(_after(part, documentation), extension)
    words = {**said(part), **words}
    extension.children = [
        each for each in extension.children if not (isinstance(each, Part) and each.uri == OURS)
    ]
    text = json.dumps(words, sort_keys=True)
    extension.children.append(Part("romashka:said", OURS, {"xmlns:romashka": OURS}, [text]))


def forget(part: Part) -> None:
    """Takes out what we said about an element, and the place for it where nothing else stands there."""
    extension = part.first("extensionElements")
    if extension is None or not any(each.uri == OURS for each in extension.parts):
        return
    extension.children = [each for each in extension.children if isinstance(each, str) or each.uri != OURS]
    if not extension.parts and not extension.text:
        part.children = [each for each in part.children if each is not extension]


def _after(part: Part, count: int) -> int:
    """The place behind so many parts."""
    place = 0
    for place, each in enumerate(part.children):
        if count == 0:
            return place
        count -= isinstance(each, Part)
    return place + 1 if part.children else 0


def _is_sound(found: dict[str, Any]) -> bool:
    texts = all(isinstance(found.get(name, ""), str) for name in ("key", "name", "kind", "outcome"))
    without = found.get("without", [])
    return (
        texts
        and len(found.get("key", "")) <= LONGEST_KEY
        and isinstance(found.get("data", {}), dict)
        and isinstance(without, list)
        and all(isinstance(each, str) for each in without)
    )


def _refuse(constant: str) -> None:
    raise ValueError(constant)
