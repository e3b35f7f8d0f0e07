"""The likely way ahead of a run: the engine itself, fed with what most probably happens next, and when.

The rule: what waits ends at the usual time after it began, or now where that has passed. The earliest goes first.
At an approval the commonest outcome is taken, at a choice the commonest way, of a race the commonest winner; the
shares of a way multiply, and a way less likely than `LEAST` is not followed. Interrupting waits do not interrupt.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime

from foundation.working_time import Calendar, add_working_time
from processes.arrivals.past import Past
from processes.arrivals.ways import likely_flow, likely_outcome
from processes.engine import advance as engine
from processes.engine.state import State, Token
from processes.graph.model import WAITING, Graph, Kind, Node
from processes.running import times

LEAST = 0.5
MOST_STEPS = 200
WORKING_DAY = {"amount": 1, "unit": "working_days"}
DAY_SECONDS = 8 * 3600
AT_ONCE = frozenset({Kind.ACTION, Kind.CHOICE, Kind.EACH})
PEOPLES = frozenset({Kind.TASK, Kind.APPROVAL})


class Usual(NamedTuple):
    """How long a step takes, in words' terms and how that is known: history, deadline or guess."""

    duration: Mapping[str, Any]
    basis: str
    seconds: float | None = None


class Coming(NamedTuple):
    """Work that comes: at which node, when, how likely, and after which node with what usual time."""

    node: str
    at: datetime
    share: float
    after: str = ""
    usual: Usual | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a run besides where it stands: when tokens came, when their timers are due, what was before."""

    past: Past
    calendar: Calendar
    since: Mapping[int, datetime]
    due: Mapping[int, datetime]


class Way(NamedTuple):
    """How likely a token is where it stands, and what was last waited for on its way."""

    share: float
    after: str
    usual: Usual | None


def look_ahead(graph: Graph, state: State, known: Known, at: datetime, until: datetime) -> list[Coming]:
    """What comes to people between two moments, the earliest first. Nothing is changed."""
    return _Looking(graph, state, known, at).until(until)


def usual_of(node: Node, past: Past) -> Usual:
    """By its own history, else its deadline, else a working day."""
    if (seconds := past.seconds.get(node.key)) is not None:
        return Usual(in_words(seconds), "history", seconds)
    if deadline := node.data.get("deadline"):
        return Usual({"amount": deadline["amount"], "unit": deadline["unit"]}, "deadline")
    return Usual(WORKING_DAY, "guess")


def in_words(seconds: float) -> dict[str, Any]:
    """Working time as people say it: whole hours up to a day of eight, then days."""
    if seconds < DAY_SECONDS:
        return {"amount": max(1, round(seconds / 3600)), "unit": "working_hours"}
    return {"amount": round(seconds / DAY_SECONDS), "unit": "working_days"}


class _Looking:
    def __init__(self, graph: Graph, state: State, known: Known, at: datetime) -> None:
        self.graph, self.place, self.known, self.at = graph, state, known, at
        self.ends: list[tuple[datetime, int, int, Way]] = []
        self.turns = count()
        self.found: list[Coming] = []
        spread = {scope.token for scope in state.scopes.values()}
        for token in state.tokens.values():
            if token.key not in spread:
                self._expect(token, known.since.get(token.key, at), Way(1.0, "", None))

    def until(self, until: datetime) -> list[Coming]:
        for _step in range(MOST_STEPS):
            if not self.ends or self.place.is_over:
                break
            moment, _turn, key, way = heapq.heappop(self.ends)
            if moment > until:
                break
            if token := self.place.tokens.get(key):
                self._go_on(token, moment, way)
        return self.found

    def _expect(self, token: Token, began: datetime, way: Way) -> None:
        """When what stands there will be over."""
        node = self.graph.nodes.get(token.node)
        if node is None or node.kind not in WAITING or token.watches is not None:
            return
        if node.kind in AT_ONCE:
            return self._end(began, token, way)
        planned = self.known.due.get(token.key) or self._planned(node, began)
        if planned is not None:
            return self._end(planned, token, way._replace(usual=None))
        usual = usual_of(node, self.known.past)
        self._end(self._after(began, usual), token, Way(way.share, node.key, usual))

    def _end(self, moment: datetime, token: Token, way: Way) -> None:
        heapq.heappush(self.ends, (max(moment, self.at), next(self.turns), token.key, way))

    def _planned(self, node: Node, began: datetime) -> datetime | None:
        """The end of a wait that says itself when it ends."""
        wanted = node.data.get("for") or {}
        if node.kind is not Kind.WAIT:
            return None
        if "at" in wanted:
            return parse_datetime(wanted["at"])
        if "unit" in wanted and "field" not in wanted:
            return times.after(began, wanted, lambda: self.known.calendar)
        return None

    def _after(self, began: datetime, usual: Usual) -> datetime:
        if usual.seconds is not None:
            return add_working_time(began, timedelta(seconds=usual.seconds), self.known.calendar).moment
        return times.after(began, usual.duration, lambda: self.known.calendar)

    def _go_on(self, token: Token, moment: datetime, way: Way) -> None:
        command, share = self._likely(token)
        share *= way.share
        if command is None or share < LEAST:
            return
        try:
            self.place, orders = engine.advance(self.graph, self.place, command)
        except (engine.Endless, LookupError, ValueError):
            return  # a loop without a wait, or a draft that cannot go on: nothing more is known
        way = way._replace(share=share)
        for order in orders:
            if isinstance(order, engine.Enter) and (come := self.place.tokens.get(order.token)):
                node = self.graph.nodes[order.node]
                if node.kind in PEOPLES:
                    self.found.append(Coming(node.key, moment, share, way.after, way.usual))
                self._expect(come, moment, way)

    def _likely(self, token: Token) -> tuple[engine.Command | None, float]:
        node, past = self.graph.nodes[token.node], self.known.past
        if token.race is not None:
            others = [each for each in self.place.tokens.values() if each.race == token.race]
            whole = sum(past.done.get(each.node, 0) for each in others)
            if whole and past.done.get(token.node, 0) < max(past.done.get(each.node, 0) for each in others):
                return None, 0.0
            return engine.Finish(token.key), past.done.get(token.node, 0) / whole if whole else 1.0
        if node.kind is Kind.APPROVAL:
            outcome, share = likely_outcome(self.graph, node, past)
            return engine.Finish(token.key, outcome=outcome), share
        if node.kind is Kind.CHOICE:
            flow, share = likely_flow(self.graph, node, past)
            return (engine.Finish(token.key, flow=flow) if flow else None), share
        if node.kind is Kind.EACH:
            return engine.Spread(token.key, int(node.data.get("times") or 1)), 1.0
        return engine.Finish(token.key), 1.0
