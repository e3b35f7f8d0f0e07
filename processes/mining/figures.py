"""All figures of a log, gathered in one pass over its cases. Durations are seconds, shares go from 0 to 1."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from processes.mining.activities import Activities, Activity
from processes.mining.cases import Cases, Lives
from processes.mining.follows import Bottleneck, Follows, FollowsGraph, bottleneck_of
from processes.mining.log import Log, milliseconds
from processes.mining.people import Bulk, Bulks, HandOvers, People
from processes.mining.rework import Rework, Reworks
from processes.mining.variants import Variant, Variants

TOP = 50  # of what may be without end in JSON: variants, pairs, zombies


@dataclass(frozen=True)
class Figures:
    """`events` as the file holds them; `steps` after starts and ends became one. `notes`: what was left out."""

    events: int
    steps: int
    people: int
    knows_only_days: bool
    notes: list[str]
    cases: Cases
    variants: list[Variant]
    activities: list[Activity]
    follows: FollowsGraph
    bottleneck: Bottleneck | None
    rework: Rework
    bulk: list[Bulk]
    hand_overs: HandOvers

    @property
    def always_in_seconds(self) -> list[str]:
        return [each.name for each in self.activities if each.in_seconds]

    @property
    def always_skipped(self) -> list[str]:
        return [each.name for each in self.activities if each.is_always_skipped]

    @property
    def nearly_never_done(self) -> list[str]:
        return [each.name for each in self.activities if each.is_nearly_never_done]

    def to_json(self, top: int = TOP) -> dict[str, Any]:
        """Plain values; of variants, hand-overs and zombies the first `top`, beside how many there are."""
        told = asdict(self)
        told["variants"] = {"count": len(self.variants), "top": told["variants"][:top]}
        told["hand_overs"]["pairs"] = told["hand_overs"]["pairs"][:top]
        zombies = told["cases"]["zombies"]
        told["cases"]["zombies"] = {"count": len(zombies), "top": zombies[:top]}
        told["always_in_seconds"] = self.always_in_seconds
        told["always_skipped"] = self.always_skipped
        told["nearly_never_done"] = self.nearly_never_done
        return told


def figures_of(log: Log, *, ends: Collection[str] | None = None, at: datetime | None = None) -> Figures:
    """`ends`: the activities that end a case, where they are known; `at`: now, else the log's last moment."""
    variants, activities, follows = Variants(log), Activities(log), Follows(log)
    rework, people, bulks = Reworks(log), People(log), Bulks(log)
    lives = Lives(log, ends=ends, at=None if at is None else milliseconds(at))
    gathering = (variants, activities, follows, rework, people, bulks, lives)
    for trace in log.traces():
        for each in gathering:
            each.add(trace)  # type: ignore[attr-defined]
    by_time, graph, hand_overs = activities.found(), follows.found(), people.found()
    return Figures(
        log.events,
        log.steps,
        hand_overs.people,
        log.knows_only_days,
        list(log.notes),
        lives.found(),
        variants.found(),
        by_time,
        graph,
        bottleneck_of(by_time, graph.arcs),
        rework.found(),
        bulks.found(),
        hand_overs,
    )
