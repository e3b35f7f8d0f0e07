"""Inclusive gateways that belong together: every branch of the split comes to the same join, and each only once.

Such a join waits for all branches, because one that is not taken comes to it at once. Any other inclusive join would
have to know what may still happen elsewhere, which nobody who reads the drawing can tell.
"""

from dataclasses import dataclass

from processes.bpmn.flows import Ways
from processes.bpmn.vocabulary import ACTIVITIES
from processes.bpmn.xml import Part

ONE_WAY = ACTIVITIES | {"exclusiveGateway", "eventBasedGateway", "intermediateCatchEvent"}
ONE_WAY |= {"intermediateThrowEvent"}
MOST_TRIED, MOST_STEPS_BETWEEN = 2_500, 500  # more than anybody draws; a file that means harm draws more
CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True)
class Pair:
    """`arrivals`: by the id of each branch's first flow, the id of the flow on which it comes to the join."""

    join: str
    arrivals: dict[str, str]


def pairs(steps: list[Part], ways: Ways) -> dict[str, Pair]:
    """The join of each split that has one, by the id of the split."""
    elements = {each.get("id"): each for each in steps}
    watched = {each.get("attachedToRef") for each in steps}
    inclusive = [key for key, each in elements.items() if each.local == "inclusiveGateway"]
    splits = [key for key in inclusive if len(ways.out_of.get(key, ())) > 1]
    joins = [
        key for key in inclusive if len(ways.into.get(key, ())) > 1 and len(ways.out_of.get(key, ())) <= 1
    ]
    found: dict[str, Pair] = {}
    if len(splits) * len(joins) > MOST_TRIED:
        return found
    for split in splits:
        taken = {pair.join for pair in found.values()}
        for join in joins:
            branches = ways.out_of[split]
            if join in taken or len(branches) != len(ways.into[join]):
                continue
            arrivals = {flow.get("id"): _arrival(flow, join, elements, ways, watched) for flow in branches}
            known = {branch: arrival for branch, arrival in arrivals.items() if branch and arrival}
            if len(known) == len(branches):
                found[split] = Pair(join, known)
                break
    return found


def _arrival(branch: Part, join: str, elements: dict[str, Part], ways: Ways, watched: set[str]) -> str | None:
    """The flow on which whoever takes the branch comes to the join, if there is only one and nobody else gets there."""
    region: set[str] = set()
    arriving: list[str] = []
    ahead = [branch]
    while ahead:
        flow = ahead.pop()
        key = flow.get("targetRef")
        if key == join:
            arriving.append(flow.get("id"))
            continue
        if key in region:
            continue
        element, out = elements.get(key), ways.out_of.get(key, [])
        if element is None or element.local not in ONE_WAY or key in watched or not out:
            return None
        if element.first("linkEventDefinition") or (len(out) > 1 and element.local not in CHOOSING):
            return None
        region.add(key)
        if len(region) > MOST_STEPS_BETWEEN:
            return None
        ahead.extend(out)
    inside = {id(flow) for key in region for flow in ways.out_of[key]} | {id(branch)}
    is_alone = all(id(flow) in inside for key in region for flow in ways.into.get(key, ()))
    return arriving[0] if len(arriving) == 1 and is_alone else None
