"""Sequence flows, and what is added where BPMN leaves it unsaid: all flows at once, ends, beginnings."""

from dataclasses import replace
from typing import Any

from processes.bpmn import ours
from processes.bpmn.draft import Draft
from processes.bpmn.flows import Ways
from processes.bpmn.vocabulary import GATEWAYS, SEVERAL_OUT
from processes.bpmn.wording import condition_of, outcome_of
from processes.bpmn.xml import Part
from processes.graph.model import Flow, Kind


def connect(draft: Draft, steps: list[Part], ways: Ways, scope: str | None, kept: set[str]) -> None:
    """Adds every flow whose two ends are carried out, and the helpers its source needs."""
    elements = {each.get("id"): each for each in steps if each.get("id") in draft.entries}
    known = len(draft.flows)
    leaving: dict[str, list[Part]] = {}
    for flow in ways.flows:
        source, target = elements.get(flow.get("sourceRef")), elements.get(flow.get("targetRef"))
        if source is None or target is None:
            named = {flow.get("sourceRef"), flow.get("targetRef")}
            draft.kept(flow, "from_what_is_kept" if named & kept else "nowhere")
        elif draft.nodes[draft.exits[source.get("id")]].kind is Kind.END:
            draft.kept(flow, "nowhere")
        else:
            leaving.setdefault(source.get("id"), []).append(flow)
    _meet(draft, elements, scope)
    for element in elements.values():
        _leave(draft, element, leaving.get(element.get("id"), []), scope)
    order = {ours.key_of(flow) or _key(flow): place for place, flow in enumerate(ways.flows)}
    added = draft.flows[known:]
    own = [flow for flow in added if flow.key in order]
    rest = [flow for flow in added if flow.key not in order]
    draft.flows[known:] = rest + sorted(own, key=lambda flow: order[flow.key])


def _leave(draft: Draft, element: Part, flows: list[Part], scope: str | None) -> None:
    """The flows out of one element, in the order of the file."""
    key = draft.exits[element.get("id")]
    node = draft.nodes[key]
    if ours.is_plain(element) or node.kind is Kind.APPROVAL:
        for flow in flows:
            _add(draft, flow, key, _said(draft, flow, element, node.kind, len(flows)))
    elif not flows:
        _end(draft, element, scope)
    elif node.kind is Kind.RACE:
        _race(draft, element, flows)
    elif node.kind is Kind.CHOICE:
        for flow in flows:
            _add(draft, flow, key, _said(draft, flow, element, node.kind, len(flows)))
    elif element.local == "inclusiveGateway" and node.kind is Kind.SPLIT and len(flows) > 1:
        _ask_each(draft, element, flows, scope, is_every_way_asked=True)
    elif any(_text(flow) for flow in flows) and element.local not in GATEWAYS:
        _ask(draft, element, flows, scope)
    else:
        if len(flows) > 1 and node.kind not in SEVERAL_OUT:
            key = _helper_after(draft, element, "split", Kind.SPLIT, scope)
        for flow in flows:
            _add(draft, flow, key, _said(draft, flow, element, Kind.SPLIT, len(flows)))
            if _text(flow):
                draft.kept(flow, "condition_ignored")


def _end(draft: Draft, element: Part, scope: str | None) -> None:
    key = draft.exits[element.get("id")]
    if draft.nodes[key].kind in (Kind.END, Kind.RACE):
        return
    is_choice = draft.nodes[key].kind is Kind.CHOICE
    result = {"result": element.get("name")} if element.local == "endEvent" and scope is None else {}
    draft.helper(element, f"{key}:end", Kind.END, scope, result)
    draft.connect(element, Flow(f"{key}:ended", key, f"{key}:end", is_else=is_choice))


def _race(draft: Draft, element: Part, flows: list[Part]) -> None:
    key = draft.exits[element.get("id")]
    for flow in flows:
        _add(draft, flow, key, {})
    if any(draft.nodes[draft.entries[flow.get("targetRef")]].kind is not Kind.WAIT for flow in flows):
        node = draft.nodes[key]
        refused = ours.completed(element, {**node.data, "refused": "race_without_waits"})
        draft.nodes[key] = replace(node, data=refused)
        draft.refused(element, "race_without_waits")


def _ask(draft: Draft, element: Part, flows: list[Part], scope: str | None) -> None:
    """Conditions right after a step. One condition and a default are a choice; more may hold together."""
    default = element.get("default")
    asked = [flow for flow in flows if flow.get("id") != default]
    if len(asked) == 1 and len(flows) == 2:
        key = _helper_after(draft, element, "choice", Kind.CHOICE, scope)
        for flow in flows:
            _add(draft, flow, key, _said(draft, flow, element, Kind.CHOICE, 2))
    else:
        _helper_after(draft, element, "split", Kind.SPLIT, scope)
        _ask_each(draft, element, flows, scope, is_every_way_asked=False)


def _ask_each(
    draft: Draft, element: Part, flows: list[Part], scope: str | None, *, is_every_way_asked: bool
) -> None:
    """A question on every flow that has a condition; the default is taken where none of them holds."""
    key = draft.exits[element.get("id")]
    default = element.get("default")
    conditions: list[Any] = []
    for flow in flows:
        if flow.get("id") != default and (is_every_way_asked or _text(flow)):
            conditions.append(_condition(draft, flow))
    for flow in flows:
        name = {"name": ours.name_of(flow)}
        if flow.get("id") == default:
            known = all(each is not None for each in conditions)
            when = {"not": {"any": conditions}} if known else None
        elif is_every_way_asked or _text(flow):
            when = condition_of(_text(flow))[0]
        else:
            _add(draft, flow, key, name)
            continue
        own = _key(flow)
        draft.helper(element, f"{own}:asked", Kind.CHOICE, scope)
        otherwise = _past(draft, element, flow)
        if otherwise is None:
            otherwise = f"{own}:none"
            draft.helper(element, otherwise, Kind.END, scope)
        draft.connect(element, Flow(f"{own}:in", key, f"{own}:asked"))
        _add(draft, flow, f"{own}:asked", {**name, "when": when})
        draft.connect(element, Flow(f"{own}:not", f"{own}:asked", otherwise, is_else=True))


def _meet(draft: Draft, elements: dict[str, Part], scope: str | None) -> None:
    """Where a branch that is taken and one that is not come together, before the join that waits for each branch."""
    for split, pair in draft.pairs.items():
        join = elements.get(pair.join)
        if split not in elements or join is None:
            continue
        for branch, arrival in pair.arrivals.items():
            meeting = f"{branch}:meet"
            draft.helper(join, meeting, Kind.SPLIT, scope)
            draft.connect(join, Flow(f"{branch}:met", meeting, draft.entries[pair.join]))
            draft.arrivals[arrival] = meeting


def _past(draft: Draft, split: Part, branch: Part) -> str | None:
    """Where to go on when a branch is not taken, if a join waits for it."""
    pair = draft.pairs.get(split.get("id"))
    return draft.arrivals.get(pair.arrivals[branch.get("id")]) if pair else None


def _helper_after(draft: Draft, element: Part, word: str, kind: Kind, scope: str | None) -> str:
    before = draft.exits[element.get("id")]
    key = f"{before}:{word}"
    draft.helper(element, key, kind, scope)
    draft.connect(element, Flow(f"{before}:then", before, key))
    draft.exits[element.get("id")] = key
    return key


def _said(draft: Draft, flow: Part, element: Part, source: Kind, count: int) -> dict[str, Any]:
    """What a flow says of itself: whether it is the default, its condition, its answer."""
    said = ours.said(flow)
    name = {"name": ours.name_of(flow)}
    found: dict[str, Any] = {**name}
    if source is Kind.APPROVAL:
        found["outcome"] = outcome_of(_text(flow))
    elif (source is Kind.CHOICE and flow.get("id") == element.get("default")) or (
        source is Kind.CHOICE and count == 1 and not _text(flow)
    ):
        found["is_else"] = True
    elif source is Kind.CHOICE:
        found["when"] = said["when"] if "when" in said else _condition(draft, flow)
    return {**found, **{key: said[key] for key in ("when", "is_else", "outcome") if key in said}}


def _condition(draft: Draft, flow: Part) -> Any:
    when, refused = condition_of(_text(flow))
    if refused:
        draft.refused(flow, refused)
    return when


def _add(draft: Draft, flow: Part, source: str, said: dict[str, Any]) -> None:
    key = _key(flow)
    target = draft.arrivals.get(flow.get("id")) or draft.entries[flow.get("targetRef")]
    draft.flows.append(Flow(key, source, target, **{"name": ours.name_of(flow), **said}))
    draft.owners[key] = flow.get("id") or key
    if draft.report[-1].element != flow.get("id"):  # its condition was not refused just before
        draft.executed(flow, "flow")


def _key(flow: Part) -> str:
    return ours.key_of(flow) or f"{flow.get('sourceRef')}>{flow.get('targetRef')}"


def _text(flow: Part) -> str:
    expression = flow.first("conditionExpression")
    return expression.text if expression else ""
