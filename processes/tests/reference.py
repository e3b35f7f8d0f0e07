"""A second opinion: walks the outline itself, knowing neither the graph nor the engine, and tells what is open.

Written from the contract alone, for comparison with the engine. Whoever drives it decides what is finished next and
with which answer; it answers with the open work and, at last, with the result.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

DONE = "done"
PATH = tuple[tuple[str, int], ...]


@dataclass(eq=False)
class Area:
    """What a stage or one round of a repeat is within: the run itself has no owner."""

    block: dict[str, Any] | None = None
    outer: "Area | None" = None
    number: int = 1
    rounds_left: int = 0
    siblings: list["Area"] = field(default_factory=list)
    walkers: int = 0
    arrivals: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def path(self) -> PATH:
        if self.block is None:
            return ()
        assert self.outer is not None
        return (*self.outer.path, (self.block["id"], self.number))

    def is_within(self, other: "Area") -> bool:
        return self is other or (self.outer is not None and self.outer.is_within(other))


@dataclass(eq=False)
class Work:
    """Something open. `answers`: what it may be finished with; for an each the only count there can be, or nothing."""

    key: str
    kind: str
    block: dict[str, Any]
    area: Area
    answers: tuple[Any, ...] = ()
    branch: dict[str, Any] | None = None
    rivals: list["Work"] = field(default_factory=list)

    @property
    def name(self) -> tuple[str, PATH]:
        return self.key, self.area.path


class Reference:
    def __init__(self, outline: dict[str, Any]) -> None:
        self.row = outline["blocks"]
        self.around: dict[str, tuple[dict[str, Any] | None, str, list[dict[str, Any]], int]] = {}
        self.blocks: dict[str, dict[str, Any]] = {}
        self._learn(self.row, None, "")
        self.open: list[Work] = []
        self.root = Area()
        self.said = ""
        self.result: str | None = None

    def _learn(self, row: list[dict[str, Any]], holder: dict[str, Any] | None, slot: str) -> None:
        for place, block in enumerate(row):
            self.around[block["id"]] = (holder, slot, row, place)
            self.blocks[block["id"]] = block
            for branch in block.get("branches", ()):
                self._learn(branch["blocks"], block, branch["id"])
            for inner in ("blocks", "declined", "returned", "else"):
                self._learn(block.get(inner, ()), block, inner)

    # --- what is done with it

    def begin(self) -> None:
        self.root.walkers = 1
        self._walk_row(self.row, 0, self.root, None, "")
        self._settle(self.root)

    def finish(self, work: Work, answer: Any = None) -> None:
        area = work.area
        for other in [work, *work.rivals]:
            if other in self.open:
                self.open.remove(other)
        area.walkers -= sum(1 for _each in work.rivals)
        if work.kind == "each":
            self._begin_rounds(work.block, area, answer)
        elif work.kind == "approval":
            self._approval_said(work.block, area, answer)
        elif work.kind == "choice":
            self._chosen(work.block, area, answer)
        elif work.kind == "until":
            self._asked_again(work.block, area, answer)
        elif work.kind == "race":
            assert work.branch is not None
            self._walk_row(work.branch["blocks"], 0, area, work.block, work.branch["id"])
        else:
            self._go_on(work.block, area)
        if self.result is None:
            self._settle(area)

    # --- one walker

    def _walk_row(
        self, row: list[dict[str, Any]], place: int, area: Area, holder: dict[str, Any] | None, slot: str
    ) -> None:
        if self.result is not None:
            return
        if place < len(row):
            self._meet(row[place], area)
        else:
            self._row_over(holder, slot, area)

    def _go_on(self, block: dict[str, Any], area: Area) -> None:
        holder, slot, row, place = self.around[block["id"]]
        self._walk_row(row, place + 1, area, holder, slot)

    def _row_over(self, holder: dict[str, Any] | None, slot: str, area: Area) -> None:
        if holder is None:
            self.said = DONE
            area.walkers -= 1
        elif holder["kind"] == "approval" and slot == "declined":
            self._over("declined")
        elif holder["kind"] == "approval":
            self._meet(holder, area)
        elif holder["kind"] == "together":
            self._arrive(holder, slot, area)
        elif holder["kind"] == "stage" or (holder["kind"] == "repeat" and "until" not in holder):
            area.walkers -= 1
        elif holder["kind"] == "repeat":
            self._ask(
                Work(holder["id"], "until", holder, area, (f"{holder['id']}:done", f"{holder['id']}:again"))
            )
        else:
            self._go_on(holder, area)

    def _meet(self, block: dict[str, Any], area: Area) -> None:
        kind, key = block["kind"], block["id"]
        if kind in ("task", "action", "wait", "call"):
            self._ask(Work(key, "plain", block, area))
        elif kind == "approval":
            can_return = block["returned"] or self._latest_task(block) is not None
            said = ("approved", "declined", "returned") if can_return else ("approved", "declined")
            self._ask(Work(key, kind, block, area, said))
        elif kind == "choice":
            ways = tuple(each["id"] for each in block["branches"])
            self._ask(Work(key, kind, block, area, (*ways, f"{key}:else")))
        elif kind == "together":
            area.walkers += len(block["branches"]) - 1
            for branch in block["branches"]:
                self._walk_row(branch["blocks"], 0, area, block, branch["id"])
        elif kind == "race":
            area.walkers += len(block["branches"]) - 1
            runners = [Work(each["id"], kind, block, area, branch=each) for each in block["branches"]]
            for each in runners:
                each.rivals = [other for other in runners if other is not each]
                self._ask(each)
        elif kind == "repeat":
            self._meet_repeat(block, area)
        elif kind == "stage":
            self._begin_body(Area(block, area))
        elif kind == "back":
            self._meet(self.blocks[block["to"]], area)
        elif kind == "end":
            self._over(block.get("result") or self.said)
        else:
            raise AssertionError(kind)

    def _meet_repeat(self, block: dict[str, Any], area: Area) -> None:
        if "until" in block:
            self._walk_row(block["blocks"], 0, area, block, "blocks")
        else:
            self._ask(Work(block["id"], "each", block, area, (block["times"],) if "times" in block else ()))

    def _ask(self, work: Work) -> None:
        self.open.append(work)

    # --- answers

    def _approval_said(self, block: dict[str, Any], area: Area, outcome: str) -> None:
        if outcome == "approved":
            self._go_on(block, area)
        elif outcome == "declined" or block["returned"]:
            self._walk_row(block[outcome], 0, area, block, outcome)
        else:
            task = self._latest_task(block)
            assert task is not None
            self._meet(task, area)

    def _latest_task(self, block: dict[str, Any]) -> dict[str, Any] | None:
        """Up the rows it stands in, never into another branch, never out of what is done apart."""
        holder, _slot, row, place = self.around[block["id"]]
        for before in reversed(row[:place]):
            if before["kind"] == "task":
                return before
        if holder is None or holder["kind"] in ("together", "stage"):
            return None
        if holder["kind"] == "repeat" and "until" not in holder:
            return None
        return self._latest_task(holder)

    def _chosen(self, block: dict[str, Any], area: Area, way: str) -> None:
        for branch in block["branches"]:
            if branch["id"] == way:
                return self._walk_row(branch["blocks"], 0, area, block, way)
        self._walk_row(block["else"], 0, area, block, "else")

    def _asked_again(self, block: dict[str, Any], area: Area, way: str) -> None:
        if way.endswith(":again"):
            self._walk_row(block["blocks"], 0, area, block, "blocks")
        else:
            self._go_on(block, area)

    # --- coming together

    def _arrive(self, block: dict[str, Any], branch: str, area: Area) -> None:
        """The nth walker over a branch belongs to the nth round; a round goes on with its `need`th branch."""
        arrived = area.arrivals.setdefault(block["id"], Counter())
        arrived[branch] += 1
        of_round = sum(1 for count in arrived.values() if count >= arrived[branch])
        coming = [each for each in block["branches"] if comes_to_its_end(each["blocks"])]
        need = {"all": len(coming), "first": 1}.get(block["need"], block["need"])
        if of_round == need:
            area.walkers -= need - 1
            self._go_on(block, area)
        elif of_round > need:
            area.walkers -= 1

    # --- what is done apart

    def _begin_body(self, area: Area) -> None:
        area.walkers = 1
        assert area.block is not None
        self._walk_row(area.block["blocks"], 0, area, area.block, "blocks")
        if self.result is None and area.walkers == 0:
            self._settle(area)

    def _begin_rounds(self, block: dict[str, Any], area: Area, count: int) -> None:
        if count <= 0:
            return self._go_on(block, area)
        if not block.get("at_once"):
            return self._begin_body(Area(block, area, 1, count - 1))
        # The one that holds the others together until all have begun is let go last.
        together = [Area(block, area, number, walkers=1) for number in range(1, count + 2)]
        for each in together:
            each.siblings = together
        for each in together[:-1]:
            self._walk_row(block["blocks"], 0, each, block, "blocks")
            self._settle(each)
        together[-1].walkers = 0
        return self._settle(together[-1])

    def _settle(self, area: Area) -> None:
        """What to do when nobody walks in an area any more."""
        while area.walkers == 0 and self.result is None:
            if area.outer is None:
                return self._over(self.said)
            block, outer = area.block, area.outer
            assert block is not None
            area.walkers = -1
            if area.rounds_left:
                return self._begin_body(Area(block, outer, area.number + 1, area.rounds_left - 1))
            if any(each.walkers > 0 for each in area.siblings):
                return None
            self._go_on(block, outer)
            area = outer

    def _over(self, result: str) -> None:
        self.open.clear()
        self.result = result


def comes_to_its_end(row: list[dict[str, Any]]) -> bool:
    """Whether somebody who walks this row may come out at its end."""
    return all(_is_passable(each) for each in row)


def _is_passable(block: dict[str, Any]) -> bool:
    kind = block["kind"]
    if kind in ("end", "back"):
        return False
    if kind == "choice":
        return any(
            comes_to_its_end(each) for each in [*(b["blocks"] for b in block["branches"]), block["else"]]
        )
    if kind in ("race", "together"):
        return any(comes_to_its_end(each["blocks"]) for each in block["branches"])
    if kind == "stage" or "times" in block:
        return comes_to_its_end(block["blocks"])
    return True
