"""A step in progress: the state it began from, what it has decided so far, and how it is written."""

from collections import deque
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from foundation.automation import subject
from foundation.facts import tell
from processes import facts
from processes.engine import advance as engine
from processes.engine.state import State
from processes.graph.model import Kind, Node
from processes.models import Run, RunStatus
from processes.running import reading
from processes.running.people import Around
from processes.running.values import Values
from processes.running.writing import Changes, Fence, Written, write

RECORDED = {Kind.TASK, Kind.APPROVAL, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.EACH, Kind.SCOPE}


class Doing:
    """One step of a run that is locked. `since` remembers when each open token came to its node."""

    def __init__(
        self, run: Run, *, by: Any, at: datetime, cause: Any = None, fence: Fence | None = None
    ) -> None:
        self.run, self.by, self.at, self.cause, self.fence = run, by, at, cause, fence
        self.graph = reading.graph_of(run.version_id)
        kept = dict(run.state)
        self.since: dict[str, str] = kept.pop("since", {})
        self.troubled: dict[str, int] = kept.pop("troubled", {})
        self.state = State.from_json(kept) if kept else State()
        self.values = Values(run.subject_kind, run.subject_id, at, run)
        self.changes = Changes()
        self.ahead: deque[engine.Command] = deque()
        self.passed = 0
        self.event: Any = None
        self._around: Around | None = None
        self.earlier: list[Doing] = []

    # --- going on

    def take(self, command: engine.Command) -> None:
        """Carry out a command and all that follows from it without anybody outside."""
        self.ahead.append(command)
        while self.ahead and not self.state.is_over:
            self._advance(self.ahead.popleft())

    def _advance(self, command: engine.Command) -> None:
        from processes.running import ordering

        before = self.state
        self.state, orders = engine.advance(self.graph, before, command)
        self.passed += len(orders)
        if self.passed > engine.MOST_NODES:
            raise engine.Endless(self.run.title)
        if isinstance(command, engine.Finish | engine.Happen):
            self._gone(command.token, self.graph.nodes[before.tokens[command.token].node])
        for order in orders:
            match order:
                case engine.Enter(token, node):
                    self.since[str(token)] = self.at.isoformat()
                    ordering.enter(self, token, self.graph.nodes[node])
                case engine.Opened(token, node):
                    self.since[str(token)] = self.at.isoformat()
                    ordering.open_scope(self, token, self.graph.nodes[node])
                case engine.Leave(token, node):
                    self._gone(token, self.graph.nodes[node], has_come=False)
                    self.record(self.graph.nodes[node], "left", token=token)
                case engine.Closed(token, node):
                    self._gone(token, self.graph.nodes[node])
                    self.record(self.graph.nodes[node], "done", token=token)
                case engine.Passed(node):
                    self._record_passed(command, node)
                case engine.End(result):
                    self._end(result)

    def _gone(self, token: int, node: Node, *, has_come: bool = True) -> None:
        """A token is no longer where it was: what it may have left there goes, and only that is looked for.

        `has_come`: what it waited for; else it was taken away, as those are that lose a race."""
        gone, data = self.changes, node.data
        gone.gone.add(token)
        if self.troubled.pop(str(token), None):
            gone.gone_troubled = gone.gone_timed = True
        match node.kind:
            case Kind.TASK | Kind.APPROVAL:
                gone.gone_worked = True
                gone.gone_timed |= "deadline" in data
            case Kind.SCOPE:
                gone.gone_timed |= "deadline" in data
            case Kind.WAIT:
                is_heard = bool(
                    {"fact", "condition", "field", "message", "signal"} & set(data.get("for", ()))
                )
                gone.gone_heard |= is_heard
                # A plain timer is the one job of its token, and is the one being done where it has come.
                gone.gone_timed |= is_heard or self.fence is None or "repeat" in data or not has_come

    def _record_passed(self, command: engine.Command, key: str) -> None:
        node = self.graph.nodes[key]
        if node.kind in RECORDED:
            token = getattr(command, "token", None)
            self.record(node, "done", note=getattr(command, "outcome", ""), token=token)

    def record(self, node: Node, what: str, *, note: str = "", token: int | None = None) -> None:
        """A line of history; `seconds` since the token came here."""
        began = parse_datetime(self.since.pop(str(token), "") or "") if token is not None else None
        seconds = int((self.at - began).total_seconds()) if began else None
        self.changes.log.append({"node": node.key, "what": what, "note": note[:300], "seconds": seconds})

    def _end(self, result: str) -> None:
        self.run.status = RunStatus.CANCELLED if result == "cancelled" else RunStatus.ENDED
        self.run.result, self.run.ended_at = result[:60], self.at
        self.since = {}

    # --- what is known

    @property
    def around(self) -> Around:
        """Who is meant by owner, starter and whoever is responsible."""
        if self._around is None:
            about = subject(self.run.subject_kind)
            rows = about.model._default_manager.filter(pk=self.run.subject_id).order_by()
            owners = rows.values(about.of_owner) if about.of_owner else None
            self._around = Around(owners, self.run.started_by_id, self.run.process.owner_id)
        return self._around

    def because(self) -> Any:
        """The fact that what actions change is caused by: told once a step, and only where an action is taken."""
        if self.event is None:
            self.event = self.tell(facts.ProcessContinued(**self.named(), at_node=self._where()))
        return self.event

    def tell(self, told: Any) -> Any:
        self.settle()
        return tell(told, by=self.by, at=self.at, cause=self.cause)

    def named(self) -> dict[str, Any]:
        """What every fact about a run says of it."""
        return {
            "run_id": self.run.pk,
            "process_id": self.run.process_id,
            "process": self.run.process.name,
            "subject_kind": self.run.subject_kind,
            "subject_id": self.run.subject_id,
        }

    def _where(self) -> str:
        names = [self.graph.nodes[each.node].name for each in self.state.tokens.values()]
        return next((name for name in names if name), "")

    def forget(self) -> None:
        """An action has changed something: what was read is read again."""
        self.values.forget()
        self._around = None

    # --- writing

    def write(self) -> None:
        """S2, and news to whoever called this run. Raises LostLease."""
        self.finish()
        self.settle(self)

    def finish(self) -> None:
        """The last that is said before a step is written."""
        if self.run.ended_at is not None:
            self._tell_end()

    def settle(self, *others: "Doing") -> None:
        """Write the steps of this transaction that came before this one, so that all that is asked and told now finds
        them written."""
        steps = [*self.earlier, *others]
        if steps:
            write([each._written() for each in steps], by=self.by, at=self.at)
        self.earlier.clear()

    def _written(self) -> Written:
        state = self.state.to_json() | {"since": self.since}
        if self.troubled:
            state["troubled"] = self.troubled
        self.changes.forget_gone()
        event_id = self.event.pk if self.event is not None else getattr(self.cause, "pk", None)
        self.run.state = state
        return Written(self.run, state, self.changes, event_id, self.fence)

    def _tell_end(self) -> None:
        self.tell(facts.ProcessEnded(**self.named(), result=self.run.result))
        if self.run.caller_id is not None:
            self.changes.jobs.append(
                {
                    "run_id": self.run.caller_id,
                    "token": self.run.caller_token,
                    "kind": "resume",
                    "data": {"result": self.run.result},
                    "due_at": None,
                }
            )


def in_savepoint() -> Any:
    """What one action does, taken back as a whole where it fails."""
    return transaction.atomic()
