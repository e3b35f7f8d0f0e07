"""Figures for each node of a drawing, from plain rows: an outside log's and the engine's own history alike."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from processes.graph.model import Graph
from processes.mining.log import NOWHEN, Log, milliseconds, moment_of, timings
from processes.mining.net import label_of
from processes.mining.spread import Deadline, Spread, spread_of, suggested_deadline

ENOUGH = 10  # stays, before a deadline is suggested


@dataclass(frozen=True)
class Stay:
    """Somebody or something stood at a node. `left_at` is None while it still does; `began_at` when work began.

    `due_at`: its deadline, if it has one. `side`: whose it is to do something: "us", "client" or unsaid.
    """

    node: str
    entered_at: datetime
    left_at: datetime | None = None
    due_at: datetime | None = None
    side: str = ""
    began_at: datetime | None = None


@dataclass(frozen=True)
class Heat:
    """Of one node. `waiting`: before work began; `working`: from then on; where no beginning is known, all waits.

    `stay` of those that left; `standing` now, `late` of these; `breaches` of deadlines, of `due` that had one.
    `by_side` seconds on each side; `breaches_by_side`. `warmth` 0 to 1: total time against the warmest node's.
    """

    node: str
    entered: int
    left: int
    standing: int
    late: int
    due: int
    breaches: int
    waiting: Spread
    working: Spread
    stay: Spread
    by_side: dict[str, float]
    breaches_by_side: dict[str, int]
    warmth: float
    deadline: Deadline | None

    @property
    def side(self) -> str:
        """On whose side most of the time goes by; empty where nobody said."""
        said = {side: seconds for side, seconds in self.by_side.items() if side}
        return max(said, key=lambda side: (said[side], side), default="")

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"side": self.side}


def heat_of(stays: Iterable[Stay], *, at: datetime) -> dict[str, Heat]:
    """By node. `at` is now: what still stands is counted up to it. Rows come one by one and are not kept."""
    gathered: dict[str, _Node] = {}
    now = milliseconds(at)
    for stay in stays:
        if stay.node not in gathered:
            gathered[stay.node] = _Node()
        gathered[stay.node].add(stay, now)
    most = max((sum(node.by_side.values()) for node in gathered.values()), default=0)
    return {key: node.heat(key, most) for key, node in gathered.items()}


def stays_of(log: Log) -> Iterator[Stay]:
    """Each step of a log as a stay at the node of its activity's name, from when it was ready."""
    for trace in log.traces():
        for step, ready, _waiting, _working in timings(trace):
            begun = step.started if step.completed is not None else None
            entered = step.began if ready is None else min(ready, step.began)
            yield Stay(
                log.name(step.activity),
                moment_of(entered),
                None if step.completed is None else moment_of(step.completed),
                began_at=None if begun is None else moment_of(begun),
            )


def on_nodes(heat: Mapping[str, Heat], graph: Graph) -> dict[str, Heat]:
    """Heat of a log's activities by the keys of the nodes of the same names, for a drawing of the process."""
    by_label = {label_of(name): each for name, each in heat.items()}
    labels = {key: label_of(node.name) for key, node in graph.nodes.items()}
    return {key: by_label[label] for key, label in labels.items() if label in by_label}


def suggested(durations: Iterable[timedelta]) -> Deadline | None:
    """A deadline that nine of ten would have kept; None of fewer than ten."""
    spread = spread_of(duration // timedelta(milliseconds=1) for duration in durations)
    return suggested_deadline(spread.p90) if spread.count >= ENOUGH else None


class _Node:
    def __init__(self) -> None:
        self.entered = self.standing = self.late = self.due = self.breaches = 0
        self.waiting, self.working, self.stays = array("q"), array("q"), array("q")
        self.by_side: Counter[str] = Counter()
        self.breaches_by_side: Counter[str] = Counter()

    def add(self, stay: Stay, now: int) -> None:
        entered, left = milliseconds(stay.entered_at), _or_never(stay.left_at)
        until = now if left == NOWHEN else left
        began = _or_never(stay.began_at)
        begun = until if began == NOWHEN else min(max(began, entered), until)
        self.entered += 1
        self.waiting.append(max(0, begun - entered))
        if began != NOWHEN:
            self.working.append(max(0, until - begun))
        self.by_side[stay.side] += max(0, until - entered)
        is_late = stay.due_at is not None and milliseconds(stay.due_at) < until
        self.due += stay.due_at is not None
        self.breaches += is_late
        if is_late:
            self.breaches_by_side[stay.side] += 1
        if left == NOWHEN:
            self.standing += 1
            self.late += is_late
        else:
            self.stays.append(max(0, left - entered))

    def heat(self, key: str, most: int) -> Heat:
        stay = spread_of(self.stays)
        return Heat(
            key,
            self.entered,
            len(self.stays),
            self.standing,
            self.late,
            self.due,
            self.breaches,
            spread_of(self.waiting),
            spread_of(self.working),
            stay,
            {side: total / 1000 for side, total in self.by_side.items()},
            dict(self.breaches_by_side),
            sum(self.by_side.values()) / most if most else 0.0,
            suggested_deadline(stay.p90) if stay.count >= ENOUGH else None,
        )


def _or_never(moment: datetime | None) -> int:
    return NOWHEN if moment is None else milliseconds(moment)
