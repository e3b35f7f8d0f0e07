"""What somebody has decided about runs that go to another version, and what it means for one of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from processes.engine.remap import Remapped, Versions, remap
from processes.engine.state import State
from processes.graph.model import Kind, Node
from processes.models import Run, Version, VersionMove
from processes.running import reading

KEEP, ENTERED, NOW = "keep", "entered", "now"
TIMES = (KEEP, ENTERED, NOW)


@dataclass(frozen=True)
class Plan:
    """See VersionMove for `choices`, `times` and `again`; versions are said by their keys."""

    to: int
    sources: frozenset[int]
    choices: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()

    @property
    def decided(self) -> str:
        """The same text for the same decisions; keeping an old time is none."""
        times = {node: each for node, each in self.times.items() if each != KEEP}
        text = json.dumps(
            [self.to, sorted(self.sources), dict(self.choices), times, sorted(self.again)], sort_keys=True
        )
        return sha256(text.encode()).hexdigest()[:32]

    @classmethod
    def of(cls, move: VersionMove) -> "Plan":
        return cls(move.to_id, frozenset(move.sources), move.choices, move.times, frozenset(move.again))


@lru_cache(maxsize=200)
def versions_of(old: int, new: int) -> Versions:
    """Two published versions, which never change."""
    return Versions(reading.graph_of(old), reading.graph_of(new))


@lru_cache(maxsize=1_000)
def number_of(version: int) -> int:
    """The number of a published version, which never changes."""
    return Version.objects.values_list("number", flat=True).get(pk=version)


def state_of(kept: Mapping[str, Any]) -> State:
    """What a run's row says of where it stands, without what steps note beside it."""
    return State.from_json(kept) if kept else State()


def remapped(run: Run, plan: Plan) -> Remapped:
    return remap(versions_of(run.version_id, plan.to), state_of(run.state), plan.choices)


def timed(node: Node) -> tuple[str, Any]:
    """(what of a node runs by the clock or by what happens, how); the same of both versions means nothing changes."""
    if node.kind is Kind.WAIT:
        return "wait", {"for": node.data.get("for"), "repeat": node.data.get("repeat")}
    return "deadline", node.data.get("deadline") or None


def is_retimed(old: Node, new: Node) -> bool:
    return timed(old) != timed(new)


def is_asked_anew(old: Node, new: Node) -> bool:
    """Another rule of who must approve: those who were asked by the old one cannot answer the new."""
    usual = {"need": "one"}
    return old.kind is Kind.APPROVAL and (old.data.get("rule") or usual) != (new.data.get("rule") or usual)
