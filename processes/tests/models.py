"""Random outlines of every kind of block, nested four deep, for tests. The same seed gives the same outline."""

from random import Random
from typing import Any

DEEPEST = 4
KINDS = {
    "task": 8, "approval": 4, "action": 3, "wait": 2, "call": 1,
    "choice": 4, "together": 5, "race": 3, "repeat": 5, "stage": 3,
}  # fmt: skip
NESTING = frozenset({"choice", "together", "race", "repeat", "stage"})


def random_outline(seed: int) -> dict[str, Any]:
    return {"blocks": _Maker(Random(seed)).row(0, [], 1, 4)[0]}


def plain_outline(seed: int) -> dict[str, Any]:
    """Of what any engine of BPMN has: nothing is first or done once for each of several, all branches are awaited."""
    return {"blocks": _PlainMaker(Random(seed)).row(0, [], 1, 4)[0]}


class _Maker:
    """Makes rows of blocks; each row also tells whether one can come out at its end."""

    kinds = KINDS

    def __init__(self, random: Random) -> None:
        self.random = random
        self.made = 0
        self.budget = 40

    def _id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made}"

    def row(
        self, depth: int, earlier: list[str], least: int, most: int, *, may_stop: bool = False
    ) -> tuple[list[dict[str, Any]], bool]:
        """`earlier`: the blocks a way back may lead to; grows as blocks are made."""
        blocks = [self._block(depth, earlier) for _number in range(self.random.randint(least, most))]
        if may_stop and self.random.random() < 0.35:
            # A task stands before, so that no loop spins and no two ends come in the same step.
            blocks.append({"id": self._id("task"), "kind": "task", "name": ""})
            if earlier and self.random.random() < 0.6:
                target = self.random.choice(earlier)
                blocks.append({"id": self._id("back"), "kind": "back", "name": "", "to": target})
            else:
                result = self.random.choice(["", "stopped", "lost"])
                blocks.append({"id": self._id("end"), "kind": "end", "name": "", "result": result})
            return blocks, False
        return blocks, True

    def _block(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        self.budget -= 1
        fit = {
            name: weight
            for name, weight in self.kinds.items()
            if name not in NESTING or self._may_nest(depth)
        }
        kind = self.random.choices(list(fit), list(fit.values()))[0]
        block: dict[str, Any] = {"id": self._id(kind), "kind": kind, "name": kind.title()}
        earlier.append(block["id"])
        if kind in NESTING or kind == "approval":
            block |= getattr(self, f"_{kind}")(depth + 1, earlier)
        return block

    def _may_nest(self, depth: int) -> bool:
        return depth < DEEPEST and self.budget > 0

    def _branch(
        self, depth: int, earlier: list[str], *, may_stop: bool = False
    ) -> tuple[dict[str, Any], bool]:
        key = self._id("branch")
        blocks, is_through = self.row(depth, earlier, 0, 2, may_stop=may_stop)
        return {"id": key, "name": "", "blocks": blocks}, is_through

    def _approval(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        declined: list[dict[str, Any]] = []
        returned: list[dict[str, Any]] = []
        if self._may_nest(depth) and self.random.random() < 0.4:
            declined, _is_through = self.row(depth, earlier, 1, 2, may_stop=True)
        if self._may_nest(depth) and self.random.random() < 0.4:
            returned, _is_through = self.row(depth, earlier, 1, 2, may_stop=True)
        return {"declined": declined, "returned": returned}

    def _choice(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        count = self.random.randint(1, 3)
        branches = [self._branch(depth, earlier, may_stop=True)[0] for _number in range(count)]
        for branch in branches:
            branch["when"] = ["deal.amount", "gte", "1.00"]
        return {"branches": branches, "else": self.row(depth, earlier, 0, 2)[0]}

    def _together(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        through = [self._branch(depth, [])[0]]
        other = [self._branch(depth, [], may_stop=True) for _number in range(self.random.randint(1, 3))]
        coming = 1 + sum(is_through for _branch, is_through in other)
        need = self.random.choice(["all", "all", "first", self.random.randint(1, coming)])
        branches = [*through, *(branch for branch, _is_through in other)]
        self.random.shuffle(branches)
        return {"branches": branches, "need": need}

    def _race(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        branches = [self._branch(depth, earlier)[0]]
        branches += [
            self._branch(depth, earlier, may_stop=True)[0] for _number in range(self.random.randint(1, 2))
        ]
        for branch in branches:
            branch["wait"] = {"amount": self.random.randint(1, 5), "unit": "hours"}
        return {"branches": branches}

    def _repeat(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        way = self.random.choice(["until", "until", "times", "each", "each"])
        if way == "until":
            return {"blocks": self.row(depth, earlier, 0, 3)[0], "until": ["deal.state", "is", "won"]}
        blocks = self.row(depth, [], 0, 3)[0]
        if way == "times":
            return {"blocks": blocks, "times": self.random.randint(1, 3)}
        return {"blocks": blocks, "each": "deal.contacts", "at_once": self.random.random() < 0.5}

    def _stage(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        return {"blocks": self.row(depth, [], 0, 3)[0], "goal": "", "deadline": None}


class _PlainMaker(_Maker):
    kinds = {name: weight for name, weight in KINDS.items() if name not in ("race", "call")}

    def _together(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        branches = [self._branch(depth, [])[0] for _number in range(self.random.randint(2, 3))]
        return {"branches": branches, "need": "all"}

    def _repeat(self, depth: int, earlier: list[str]) -> dict[str, Any]:
        return {"blocks": self.row(depth, earlier, 0, 3)[0], "until": ["deal.state", "is", "won"]}
