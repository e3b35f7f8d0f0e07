"""Replays one way of doing a case on a net, and counts the tokens it lacked and left behind.

Source: A. Rozinat, W. van der Aalst, "Conformance checking of processes based on monitoring real behavior",
Information Systems 33 (2008). Moves that nobody sees count only by how they change the number of tokens.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from processes.mining.net import Move, Net, Place

MOST_STATES = 500  # looked at for one step, before it is called not possible
ALIKE = 2  # tokens at one place that are told apart from more of them

Marking = tuple[Place, ...]  # sorted; a place stands in it once for each of its tokens


@dataclass(frozen=True)
class Search:
    """Moves that may help towards some places, by a place each takes from, and all places they have to do with."""

    moves: Mapping[Place, tuple[Move, ...]]
    places: frozenset[Place]

    def near(self, marking: Marking, alike: int) -> Marking:
        """The tokens that matter here: far fewer markings are then different from each other."""
        kept: list[Place] = []
        for place in marking:
            if place in self.places and kept[-alike:].count(place) < alike:
                kept.append(place)
        return tuple(kept)


@dataclass
class Replay:
    """Labels of steps. `early`: (done, what should have come before and came later). `unknown`: not in the process.

    `unexpected`: could not be done there whatever was skipped. `stopped_before`: what was due when the case ended.
    """

    produced: int = 1
    consumed: int = 0
    missing: int = 0
    remaining: int = 0
    skipped: list[str] = field(default_factory=list)
    early: list[tuple[str, str]] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stopped_before: str = ""

    @property
    def fits(self) -> bool:
        return not (self.missing or self.remaining or self.unknown)


class Replayer:
    """Remembers what it has found out about a marking: many ways of a log pass the same ones."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self._plans: dict[tuple[Marking, str], tuple[Move, ...] | None] = {}
        self._skips: dict[tuple[Marking, str], tuple[str, ...] | None] = {}
        self._searches: dict[tuple[str, bool], Search] = {}

    def replay(self, way: Sequence[str]) -> Replay:
        """`way`: the labels of a case's steps, in order."""
        found = Replay()
        marking: Marking = (self.net.start,)
        known = [label for label in way if label in self.net.seen]
        found.unknown = [label for label in way if label not in self.net.seen]
        ahead = Counter(known)
        for label in known:
            ahead[label] -= 1
            plan = self._plan(marking, label)
            if plan is None:
                self._explain(found, marking, label, ahead)
                plan = self.net.seen[label][:1]
                lacking = _lacking(marking, plan[0].takes)
                found.missing += len(lacking)
                marking = tuple(sorted((*marking, *lacking)))
            found.consumed += 1
            found.produced += 1
            marking = self._made(found, marking, plan)
        self._end(found, marking)
        return found

    def _made(self, found: Replay, marking: Marking, plan: tuple[Move, ...]) -> Marking:
        for move in plan:
            change = 0 if move.label else len(move.gives) - len(move.takes)
            found.produced += max(0, change)
            found.consumed += max(0, -change)
            marking = _fired(marking, move)
        return marking

    def _end(self, found: Replay, marking: Marking) -> None:
        while plan := self._plan(marking, ""):  # each brings some of the tokens to the end
            marking = self._made(found, marking, plan)
        arrived = marking.count(self.net.done)
        found.consumed += max(1, arrived)
        found.remaining = len(marking) - arrived
        if not arrived:
            found.missing += 1
            way = self._skipped(marking, "")
            found.stopped_before = way[0] if way else ""

    def _explain(self, found: Replay, marking: Marking, label: str, ahead: Counter[str]) -> None:
        """What would have had to be done first: done later, then this came early; never done, then it was skipped."""
        skipped = self._skipped(marking, label)
        if skipped is None:
            found.unexpected.append(label)
            return
        for each in dict.fromkeys(skipped):
            if ahead[each] > 0:
                found.early.append((label, each))
            else:
                found.skipped.append(each)

    def _plan(self, marking: Marking, label: str) -> tuple[Move, ...] | None:
        """The fewest unseen moves and then the step itself; for no label, the best end that can be had."""
        search = self._search(label, unseen_only=True)
        near = search.near(marking, ALIKE)
        key = (near, label)
        if key not in self._plans:
            if label:
                self._plans[key] = _shortest(near, search, self.net.seen[label])
            else:
                self._plans[key] = _best_end(near, search, self.net.done)
        return self._plans[key]

    def _skipped(self, marking: Marking, label: str) -> tuple[str, ...] | None:
        """The fewest steps that would have made this one possible; for no label, that would have ended the case."""
        search = self._search(label, unseen_only=False)
        near = search.near(marking, 1)
        key = (near, label)
        if key not in self._skips:
            self._skips[key] = _cheapest(near, search, self._takes(label))
        return self._skips[key]

    def _search(self, label: str, *, unseen_only: bool) -> Search:
        key = (label, unseen_only)
        if key not in self._searches:
            aims = {place for takes in self._takes(label) for place in takes}
            moves = self.net.towards(aims, unseen_only=unseen_only)
            if not label:
                for move in self.net.moves:
                    if not move.gives:  # takes a token nobody waits for any more
                        moves[move.takes[0]] = (*moves.get(move.takes[0], ()), move)
            taken = {place for some in moves.values() for move in some for place in move.takes}
            self._searches[key] = Search(moves, frozenset(aims | taken))
        return self._searches[key]

    def _takes(self, label: str) -> list[tuple[Place, ...]]:
        return [move.takes for move in self.net.seen[label]] if label else [(self.net.done,)]


def _shortest(marking: Marking, search: Search, steps: Sequence[Move]) -> tuple[Move, ...] | None:
    for at, made in _widening(marking, search):
        for step in steps:
            if not _lacking(at, step.takes):
                return (*made, step)
    return None


def _best_end(marking: Marking, search: Search, done: Place) -> tuple[Move, ...]:
    """To a marking with a token at the end, and as few elsewhere as can be."""

    def astray(at: Marking) -> tuple[bool, int]:
        return done not in at, len(at) - at.count(done)

    best: tuple[Marking, tuple[Move, ...]] = (marking, ())
    for at, made in _widening(marking, search):
        if astray(at) < astray(best[0]):
            best = (at, made)
        if astray(at) == (False, 0):
            break
    return best[1]


def _widening(marking: Marking, search: Search) -> Iterator[tuple[Marking, tuple[Move, ...]]]:
    """Every marking that can be reached, the nearest first, and by which moves."""
    ahead: deque[tuple[Marking, tuple[Move, ...]]] = deque([(marking, ())])
    met = {marking}
    while ahead:
        at, made = ahead.popleft()
        yield at, made
        for move in _possible(at, search.moves):
            following = _fired(at, move)
            if following not in met and len(met) < MOST_STATES:
                met.add(following)
                ahead.append((following, (*made, move)))


def _cheapest(marking: Marking, search: Search, takes: list[tuple[Place, ...]]) -> tuple[str, ...] | None:
    ahead: list[tuple[int, int, Marking, tuple[str, ...]]] = [(0, 0, marking, ())]
    met: set[Marking] = set()
    turn = 0
    while ahead and len(met) < MOST_STATES:
        cost, _turn, at, labels = heappop(ahead)
        if at in met:
            continue
        met.add(at)
        if any(not _lacking(at, each) for each in takes):
            return labels
        for move in _possible(at, search.moves):
            turn += 1
            following = (*labels, move.label) if move.label else labels
            heappush(ahead, (cost + move.price, turn, _fired(at, move), following))
    return None


def _possible(marking: Marking, moves: Mapping[Place, tuple[Move, ...]]) -> list[Move]:
    return [
        move
        for place in dict.fromkeys(marking)
        for move in moves.get(place, ())
        if len(move.takes) == 1 or not _lacking(marking, move.takes)
    ]


def _lacking(marking: Marking, takes: tuple[Place, ...]) -> tuple[Place, ...]:
    if len(takes) == 1:
        return () if takes[0] in marking else takes
    return tuple((Counter(takes) - Counter(marking)).elements())


def _fired(marking: Marking, move: Move) -> Marking:
    left = list(marking)
    for place in move.takes:
        left.remove(place)
    return tuple(sorted((*left, *move.gives)))
