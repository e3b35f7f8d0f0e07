"""From the outline people edit to the graph that runs. What a block opens it closes: no join is ever left waiting.

Said nowhere else: what follows a decline is its own end (the result is "declined", whether or not something is done
first); what follows a return leads to the approval again, and a return with nothing in it leads back to the latest
task before. A repeat "until" is a plain loop; "times" and "each" have a body of their own, as a stage has. The main
node of a block has the block's id; what helps it is named after it: ":start", ":end", ":join", ":merge", ":declined".
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.graph.blocks import Block, Outline, refuse_misshapen, rows_of, settings_of, title_of
from processes.graph.model import Flow, Graph, Kind, Node

DONE, DECLINED = "done", "declined"
PLAIN = {"task": Kind.TASK, "action": Kind.ACTION, "wait": Kind.WAIT, "call": Kind.CALL}
MOST_TIMES = 1_000


def to_graph(outline: Outline) -> Graph:
    """Raises Refused, in a sentence, for an outline that makes no process."""
    refuse_misshapen(outline)
    making = _Making(_spots(outline))
    making.node("start", Kind.START)
    ends = making.row(outline["blocks"], [_Loose("start", "start:next")])
    if ends:
        making.node("end", Kind.END, {"result": DONE})
        making.lead(ends, "end")
    return Graph.of(making.nodes, making.flows)


@dataclass(frozen=True, slots=True)
class _Loose:
    """A flow whose target is not known yet."""

    source: str
    key: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a block stands. `region`: the branches of a together, the bodies and the stages it is within, where no
    flow leads in or out; `before`: the blocks passed on the straight way to it, nearest first."""

    order: int
    region: tuple[str, ...]
    before: tuple[Block, ...]
    block: Block


def _spots(outline: Outline) -> dict[str, _Spot]:
    spots: dict[str, _Spot] = {}

    def look(row: list[Block], region: tuple[str, ...], before: tuple[Block, ...]) -> None:
        for block in row:
            spots[block["id"]] = _Spot(len(spots), region, before, block)
            for slot, inner in rows_of(block):
                within = _region_within(block, slot)
                look(inner, (*region, within) if within else region, () if within else before)
            before = (block, *before)

    look(outline["blocks"], (), ())
    return spots


def _region_within(block: Block, slot: str) -> str:
    """The region that begins in this row of a block; nothing when its blocks stand in the region around it."""
    if block["kind"] == "together":
        return slot.removeprefix("branches:")
    has_body = block["kind"] == "stage" or (block["kind"] == "repeat" and "until" not in block)
    return str(block["id"]) if has_body else ""


class _Making:
    def __init__(self, spots: dict[str, _Spot]) -> None:
        self.spots = spots
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.scope: str | None = None

    def node(self, key: str, kind: Kind, settings: dict[str, Any] | None = None, name: str = "") -> None:
        self.nodes.append(Node(key, kind, name, deepcopy(settings or {}), self.scope))

    def lead(self, ends: list[_Loose], target: str) -> None:
        self.flows.extend(Flow(each.key, each.source, target, **each.more) for each in ends)

    def row(self, blocks: list[Block], ends: list[_Loose]) -> list[_Loose]:
        """Make the blocks one after another; gives back what leads out of the last."""
        for block in blocks:
            if not ends:
                raise Refused(
                    _("“%(name)s” is never reached: whatever stands before it ends or goes back.")
                    % {"name": title_of(block)}
                )
            ends = self._block(block, ends)
        return ends

    def _block(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        kind, key = block["kind"], block["id"]
        if kind in PLAIN:
            self._main(block, PLAIN[kind], ends)
            return [_Loose(key, f"{key}:next")]
        if kind == "repeat":
            return self._repeat(block, ends)
        if kind == "stage":
            self._main(block, Kind.SCOPE, ends)
            return self._body(block)
        return getattr(self, f"_{kind}")(block, ends)  # type: ignore[no-any-return]

    def _main(self, block: Block, kind: Kind, ends: list[_Loose], **more: Any) -> None:
        self.node(block["id"], kind, settings_of(block) | more, str(block.get("name") or ""))
        self.lead(ends, block["id"])

    # --- blocks that go on in several ways

    def _approval(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        key = block["id"]
        self._main(block, Kind.APPROVAL, ends)
        said = {each: _Loose(key, f"{key}:{each}", {"outcome": each}) for each in ("returned", DECLINED)}
        if returned := block.get("returned"):
            self.lead(self.row(returned, [said["returned"]]), key)
        else:
            tasks = (each["id"] for each in self.spots[key].before if each["kind"] == "task")
            if latest := next(tasks, None):
                self.lead([said["returned"]], latest)
        if over := self.row(block.get("declined") or [], [said[DECLINED]]):
            self.node(f"{key}:declined", Kind.END, {"result": DECLINED, "is_whole": True})
            self.lead(over, f"{key}:declined")
        return [_Loose(key, f"{key}:approved", {"outcome": "approved"})]

    def _choice(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        key = block["id"]
        _refuse_fewer(block, 1)
        self._main(block, Kind.CHOICE, ends)
        after: list[_Loose] = []
        for branch in block["branches"]:
            more = {"when": deepcopy(branch.get("when")), "name": str(branch.get("name") or "")}
            after += self.row(branch.get("blocks") or [], [_Loose(key, branch["id"], more)])
        return after + self.row(block.get("else") or [], [_Loose(key, f"{key}:else", {"is_else": True})])

    def _together(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        key = block["id"]
        _refuse_fewer(block, 2)
        self._main(block, Kind.SPLIT, ends)
        arriving: list[_Loose] = []
        for branch in block["branches"]:
            way = _Loose(key, branch["id"], {"name": str(branch.get("name") or "")})
            arriving += self._as_one(branch["id"], self.row(branch.get("blocks") or [], [way]))
        need = self._need(block, len(arriving))
        if not arriving:
            return []
        self.node(f"{key}:join", Kind.JOIN, {"need": need})
        self.lead(arriving, f"{key}:join")
        return [_Loose(f"{key}:join", f"{key}:join:next")]

    def _as_one(self, branch: str, ends: list[_Loose]) -> list[_Loose]:
        """A join waits for each flow in, so what may leave a branch in several ways comes together first."""
        if len(ends) < 2:
            return ends
        self.node(f"{branch}:merge", Kind.SPLIT)
        self.lead(ends, f"{branch}:merge")
        return [_Loose(f"{branch}:merge", f"{branch}:in")]

    def _need(self, block: Block, arriving: int) -> Any:
        need = block.get("need", "all")
        if need == "all":
            return need
        number = 1 if need == "first" else need
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise Refused(
                _("“%(name)s” waits for all its branches, for the first, or for a number of them.")
                % {"name": title_of(block)}
            )
        if number > arriving:
            raise Refused(
                _("“%(name)s” waits for %(need)d branches, but only %(count)d come to their end.")
                % {"name": title_of(block), "need": number, "count": arriving}
            )
        return number

    def _race(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        key = block["id"]
        _refuse_fewer(block, 2)
        self._main(block, Kind.RACE, ends)
        after: list[_Loose] = []
        for branch in block["branches"]:
            self.lead([_Loose(key, branch["id"])], branch["id"])
            self.node(branch["id"], Kind.WAIT, {"for": branch.get("wait")}, str(branch.get("name") or ""))
            after += self.row(branch.get("blocks") or [], [_Loose(branch["id"], f"{branch['id']}:next")])
        return after

    # --- blocks that do what is in them again, or apart

    def _repeat(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        ways = [each for each in ("until", "times", "each") if each in block]
        if len(ways) != 1:
            raise Refused(
                _(
                    "Say how long “%(name)s” goes on: until something is so, a number of times, or for each of a list."
                )
                % {"name": title_of(block)}
            )
        if ways == ["until"]:
            return self._until(block, ends)
        if ways == ["times"]:
            times = block["times"]
            if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MOST_TIMES:
                raise Refused(
                    _("“%(name)s” repeats between 1 and %(most)d times.")
                    % {"name": title_of(block), "most": MOST_TIMES}
                )
            self._main(block, Kind.EACH, ends, at_once=False)
        else:
            self._main(block, Kind.EACH, ends, at_once=bool(block.get("at_once")))
        return self._body(block)

    def _until(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        key = block["id"]
        self.node(f"{key}:start", Kind.SPLIT)
        self.lead(ends, f"{key}:start")
        round_end = self.row(block.get("blocks") or [], [_Loose(f"{key}:start", f"{key}:start:next")])
        if not round_end:
            raise Refused(
                _("“%(name)s” never comes to a second round: what is in it ends or goes back.")
                % {"name": title_of(block)}
            )
        self._main(block, Kind.CHOICE, round_end)
        self.lead([_Loose(key, f"{key}:again", {"is_else": True})], f"{key}:start")
        return [_Loose(key, f"{key}:done", {"when": deepcopy(block["until"])})]

    def _body(self, block: Block) -> list[_Loose]:
        """What is within a block that has a scope of its own."""
        key, around = block["id"], self.scope
        self.scope = key
        self.node(f"{key}:start", Kind.START)
        ends = self.row(block.get("blocks") or [], [_Loose(f"{key}:start", f"{key}:start:next")])
        if ends:
            self.node(f"{key}:end", Kind.END)
            self.lead(ends, f"{key}:end")
        self.scope = around
        # An each may find nothing to do and go on; any other body that never ends leads nowhere.
        return [_Loose(key, f"{key}:next")] if ends or "each" in block else []

    # --- blocks after which nothing follows

    def _end(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        self._main(block, Kind.END, ends, is_whole=True)
        return []

    def _back(self, block: Block, ends: list[_Loose]) -> list[_Loose]:
        here, there = self.spots[block["id"]], self.spots.get(str(block.get("to")))
        if there is None or there.block["kind"] in ("back", "end"):
            raise Refused(_("“%(name)s” leads back to nothing.") % {"name": title_of(block)})
        words = {"name": title_of(block), "to": title_of(there.block)}
        if there.order >= here.order:
            raise Refused(_("“%(name)s” leads to “%(to)s”, which does not come before it.") % words)
        if there.region != here.region:
            raise Refused(
                _(
                    "“%(name)s” cannot lead to “%(to)s”: the way would cross a stage, a repeat or things done at once."
                )
                % words
            )
        self.lead(ends, entry_of(there.block))
        return []


def entry_of(block: Block) -> str:
    """The key of the node by which a block is entered."""
    return f"{block['id']}:start" if block["kind"] == "repeat" and "until" in block else str(block["id"])


def ways_back(outline: Outline, block_id: str) -> Iterator[Block]:
    """The blocks a way back may lead to from where this block stands."""
    spots = _spots(outline)
    here = spots.get(block_id)
    for there in spots.values():
        is_fit = here is not None and there.order < here.order and there.region == here.region
        if is_fit and there.block["kind"] not in ("back", "end"):
            yield there.block


def _refuse_fewer(block: Block, least: int) -> None:
    if len(block["branches"]) < least:
        raise Refused(
            _("“%(name)s” needs at least %(least)d branches.") % {"name": title_of(block), "least": least}
        )
