"""Ways cases really took, the most common first."""

from array import array
from dataclasses import dataclass

from processes.mining.log import Log, Trace
from processes.mining.spread import spread_of


@dataclass(frozen=True)
class Variant:
    """`share` of all cases, 0 to 1; `median` seconds from a case's first moment to its last."""

    steps: tuple[str, ...]
    count: int
    share: float
    median: float
    example: str


class Variants:
    """Gathers; `found` tells them by count, and by name where counts are equal."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.durations: dict[tuple[int, ...], array[int]] = {}
        self.examples: dict[tuple[int, ...], str] = {}

    def add(self, trace: Trace) -> None:
        way = trace.activities
        if way not in self.durations:
            self.durations[way] = array("q")
            self.examples[way] = trace.name
        self.durations[way].append(trace.last - trace.first)

    @property
    def counts(self) -> dict[tuple[int, ...], int]:
        return {way: len(durations) for way, durations in self.durations.items()}

    def found(self) -> list[Variant]:
        cases = sum(map(len, self.durations.values()))
        variants = [
            Variant(
                tuple(map(self.log.name, way)),
                len(durations),
                len(durations) / cases,
                spread_of(durations).p50 or 0.0,
                self.examples[way],
            )
            for way, durations in self.durations.items()
        ]
        return sorted(variants, key=lambda each: (-each.count, each.steps))
