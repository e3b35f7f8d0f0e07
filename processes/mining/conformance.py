"""What people really did against a process: skipped, out of order, done again, done in bulk, never done."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from processes.graph.model import Graph
from processes.mining.log import Log
from processes.mining.net import label_of, labels_by_stage, net_of
from processes.mining.people import Bulk, Bulks
from processes.mining.replay import Replay, Replayer
from processes.mining.variants import Variant, Variants

TOP = 20


@dataclass(frozen=True)
class Kept:
    """A step of the process. `done` times; in `skipped` cases left out, in `early` before its turn.

    `unexpected`: done where nothing led to it, most often once more. `bulk`: done in one go with other cases.
    """

    name: str
    done: int
    skipped: int
    early: int
    unexpected: int
    stopped_before: int
    bulk: int


@dataclass(frozen=True)
class Deviation:
    """A way some cases took, and what is not right with it."""

    variant: Variant
    skipped: list[str]
    early: list[tuple[str, str]]
    unexpected: list[str]
    unknown: list[str]
    stopped_before: str


@dataclass(frozen=True)
class Conformance:
    """`fitness` from 0 to 1: ½(1 − missing/consumed) + ½(1 − remaining/produced), all cases counted together.

    `fitting` cases kept to the process in everything. `unknown`: what was done and is not in the process.
    `without_stage`: for each stage, the cases in which nothing of it was done.
    """

    cases: int
    fitting: int
    fitness: float
    produced: int
    consumed: int
    missing: int
    remaining: int
    steps: list[Kept]
    unknown: dict[str, int]
    never_done: list[str]
    without_stage: dict[str, int]
    out_of_order: list[tuple[str, str, int]]
    deviations: list[Deviation]
    bulk: list[Bulk]

    @property
    def share(self) -> float:
        return self.fitting / self.cases

    def to_json(self, top: int = TOP) -> dict[str, Any]:
        told = asdict(self)
        told["deviations"] = {"count": len(self.deviations), "top": told["deviations"][:top]}
        return told | {"share": self.share}


def conformance_of(log: Log, graph: Graph) -> Conformance:
    """Steps are told by their names. A case that is still open lacks its end: leave it out before, if you like."""
    variants, bulks = Variants(log), Bulks(log)
    for trace in log.traces():
        variants.add(trace)
        bulks.add(trace)
    return _Counted(log, graph).of(variants.found(), bulks.found())


class _Counted:
    def __init__(self, log: Log, graph: Graph) -> None:
        self.net = net_of(graph, log.activities.texts)
        self.stages = labels_by_stage(graph, self.net)
        self.without: Counter[str] = Counter(dict.fromkeys(self.stages, 0))
        self.replayer = Replayer(self.net)
        self.sums: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.early: Counter[tuple[str, str]] = Counter()
        self.unexpected: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.stopped: Counter[str] = Counter()

    def of(self, variants: list[Variant], bulks: list[Bulk]) -> Conformance:
        replays = [(each, self._replayed(each)) for each in variants]
        known = [each for each in bulks if label_of(each.activity) in self.net.names]
        sums = self.sums
        return Conformance(
            sums["cases"],
            sums["fitting"],
            _fitness(sums),
            sums["produced"],
            sums["consumed"],
            sums["missing"],
            sums["remaining"],
            self._steps(known),
            dict(self.unknown.most_common()),
            [name for label, name in self.net.names.items() if not self.done[label]],
            dict(self.without),
            [(self._name(one), self._name(two), n) for (one, two), n in self.early.most_common()],
            [self._deviation(variant, replay) for variant, replay in replays if not replay.fits],
            known,
        )

    def _replayed(self, variant: Variant) -> Replay:
        count, labels = variant.count, [label_of(step) for step in variant.steps]
        replay = self.replayer.replay(labels)
        self.sums.update(cases=count, fitting=count * replay.fits)
        for key in ("produced", "consumed", "missing", "remaining"):
            self.sums[key] += count * getattr(replay, key)
        names = dict(zip(labels, variant.steps, strict=True))
        for label in labels:
            self.done[label] += count
        for stage, inside in self.stages.items():
            self.without[stage] += count * inside.isdisjoint(labels)
        for label in set(replay.skipped):
            self.skipped[label] += count
        for pair in set(replay.early):
            self.early[pair] += count
        for label in replay.unexpected:
            self.unexpected[label] += count
        for label in replay.unknown:
            self.unknown[names[label]] += count
        self.stopped[replay.stopped_before] += count
        return replay

    def _steps(self, bulks: list[Bulk]) -> list[Kept]:
        in_bulk: Counter[str] = Counter()
        for each in bulks:
            in_bulk[label_of(each.activity)] += each.steps
        early: Counter[str] = Counter()
        for (label, _before), count in self.early.items():
            early[label] += count
        return [
            Kept(
                name,
                self.done[label],
                self.skipped[label],
                early[label],
                self.unexpected[label],
                self.stopped[label],
                in_bulk[label],
            )
            for label, name in self.net.names.items()
        ]

    def _deviation(self, variant: Variant, replay: Replay) -> Deviation:
        names = dict(zip(map(label_of, variant.steps), variant.steps, strict=True))
        return Deviation(
            variant,
            [self._name(label) for label in replay.skipped],
            [(self._name(one), self._name(two)) for one, two in replay.early],
            [self._name(label) for label in replay.unexpected],
            [names[label] for label in replay.unknown],
            self._name(replay.stopped_before),
        )

    def _name(self, label: str) -> str:
        return self.net.names.get(label, label)


def _fitness(sums: Counter[str]) -> float:
    if not sums["cases"]:
        return 1.0
    missing = sums["missing"] / max(1, sums["consumed"])
    remaining = sums["remaining"] / max(1, sums["produced"])
    return (1 - missing) / 2 + (1 - remaining) / 2
