"""One run taken to another version: a step like any other, under its lock, written and committed as one."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes import facts
from processes.engine.advance import Arrive, Cancel
from processes.engine.remap import Remapped
from processes.graph.model import Kind, Node
from processes.models import Incident, Job, MovedRun, Run, Subscription, WorkItem
from processes.moving import keeping
from processes.moving.plan import (
    ENTERED,
    KEEP,
    NOW,
    Plan,
    is_asked_anew,
    is_retimed,
    number_of,
    remapped,
    versions_of,
)
from processes.moving.sentences import why_stranded
from processes.running import ordering, times
from processes.running.doing import Doing

WORK = (Kind.TASK, Kind.APPROVAL)
Outcome = MovedRun.Outcome


@dataclass(frozen=True)
class Result:
    """What became of a run. `before` only where it can be put back."""

    outcome: str
    reason: str = ""
    revision: int | None = None
    before: dict[str, Any] | None = None


def carry_out(run: Run, plan: Plan, *, by: Any, at: datetime) -> Result:
    """Move a run that is locked, in a transaction of the caller's. One that does not fit is left, with the reason.

    Raises Refused and Endless for what the new version wants and cannot have; the caller takes everything back.
    """
    if not run.is_active:
        return Result(Outcome.LEFT, _("It had ended by then."))
    if run.version_id not in plan.sources:
        return Result(Outcome.LEFT, _("It was on another version by then."))
    found = remapped(run, plan)
    if found.troubles:
        return Result(Outcome.LEFT, why_stranded(found.troubles, versions_of(run.version_id, plan.to)))
    if found.is_cancelled:
        return _cancelled(run, by=by, at=at)
    return _Moving(run, plan, found, by=by, at=at).done()


def _cancelled(run: Run, *, by: Any, at: datetime) -> Result:
    doing = Doing(run, by=by, at=at)
    doing.take(Cancel())
    reason = _("No place in the new version")
    doing.event = doing.tell(facts.ProcessRepaired(**doing.named(), how="cancel", reason=reason))
    doing.write()
    return Result(Outcome.CANCELLED, revision=run.revision)


class _Moving:
    def __init__(self, run: Run, plan: Plan, found: Remapped, *, by: Any, at: datetime) -> None:
        self.run, self.plan, self.found = run, plan, found
        self.old = versions_of(run.version_id, plan.to).old
        self.kept = keeping.snapshot(run)
        self.before = {**self.kept, "state": deepcopy(run.state)}
        self.was, self.retimed = run.version_id, False
        run.version_id = plan.to
        self.doing = Doing(run, by=by, at=at)
        self.doing.state = found.state

    def done(self) -> Result:
        doing = self.doing
        self._let_go()
        for token, (old, new) in self.found.kept.items():
            self._keep(token, self.old.nodes[old], doing.graph.nodes[new])
        for token in self.found.arriving:
            if token in doing.state.tokens and not doing.state.is_over:
                doing.take(Arrive(token))
        while doing.ahead and not doing.state.is_over:
            doing.take(doing.ahead.popleft())
        doing.changes.log.append({"node": "", "what": "moved", "note": self._numbers(), "seconds": None})
        doing.write()
        Run.objects.filter(pk=self.run.pk).update(version=self.plan.to)
        after = keeping.snapshot(self.run) if self._has_changed_more() else self.kept
        self.before["after"] = {name: sorted(keeping.keys(rows)) for name, rows in after.items()}
        before = None if self._has_acted() else self.before
        return Result(Outcome.MOVED, revision=self.run.revision, before=before)

    def _numbers(self) -> str:
        return f"{number_of(self.was)} → {number_of(self.plan.to)}"

    def _has_changed_more(self) -> bool:
        """Are there other timers, subscriptions, work or incidents than before?"""
        changes = self.doing.changes
        added = (changes.work, changes.jobs, changes.subscriptions, changes.incidents)
        return bool(self.found.gone or self.retimed or any(added))

    def _has_acted(self) -> bool:
        """Did it change anything outside itself? That is not taken back by putting the run back."""
        nodes = self.doing.graph.nodes
        acts = (
            line["what"] == "done" and line["node"] in nodes and nodes[line["node"]].kind is Kind.ACTION
            for line in self.doing.changes.log
        )
        return self.doing.event is not None or not self.run.is_active or any(acts)

    def _let_go(self) -> None:
        changes = self.doing.changes
        if self.found.gone:
            changes.gone |= set(self.found.gone)
            changes.gone_worked = changes.gone_timed = changes.gone_heard = changes.gone_troubled = True
        for token in self.found.gone:
            self.doing.since.pop(str(token), None)
            self.doing.troubled.pop(str(token), None)

    # --- what stays where it is

    def _keep(self, token: int, old: Node, new: Node) -> None:
        if old.kind in WORK:
            self._rename(token, old, new)
        elif old.key != new.key:
            Incident.objects.filter(run=self.run, token=token, solved_at=None).update(node=new.key)
        due = self._retime(token, old, new) if is_retimed(old, new) else None
        if old.kind in WORK and (old.key in self.plan.again or is_asked_anew(old, new)):
            self._choose_again(token, new, due)

    def _rename(self, token: int, old: Node, new: Node) -> None:
        said = {"node": new.key, "side": (new.data.get("deadline") or {}).get("side", "us")}
        if old.name != new.name:
            said["name"] = ordering.name_of_work(self.doing, new)
        if old.key != new.key:
            Incident.objects.filter(run=self.run, token=token, solved_at=None).update(node=new.key)
        if said != {"node": old.key, "side": (old.data.get("deadline") or {}).get("side", "us")}:
            self._open_work(token).update(**said)

    def _open_work(self, token: int) -> Any:
        return WorkItem.objects.filter(run=self.run, token=token, state__in=["open", "later"])

    def _retime(self, token: int, old: Node, new: Node) -> datetime | None:
        """By what was decided for the node: the old time stays, or the new one counts from then or from now."""
        policy = self.plan.times.get(old.key, KEEP)
        if policy == KEEP:
            return None
        self.retimed = True
        came = parse_datetime(self.doing.since.get(str(token), "")) if policy == ENTERED else None
        since = came or self.doing.at
        if policy == NOW:
            self.doing.since[str(token)] = self.doing.at.isoformat()
        if new.kind is Kind.WAIT:
            self._wait_anew(token, new, since)
            return None
        return self._new_deadline(token, new, since)

    def _wait_anew(self, token: int, new: Node, since: datetime) -> None:
        Job.objects.filter(run=self.run, token=token, kind=Job.Kind.TIMER).delete()
        Subscription.objects.filter(run=self.run, token=token).delete()
        try:
            ordering.wait(self.doing, token, new, since)
        except ordering.TROUBLES as trouble:
            ordering.fail(self.doing, token, new, ordering.said(trouble))

    def _new_deadline(self, token: int, new: Node, since: datetime) -> datetime | None:
        """Whoever was told that the old one had passed is not told again of moments that have."""
        doing, deadline = self.doing, new.data.get("deadline") or {}
        mine = [row for row in self.kept["jobs"] if row["token"] == token]
        had_passed = not any(row["kind"] == "late" and row["data"].get("do") == "note" for row in mine)
        had_one = any(each["token"] == token and each["due_at"] for each in self.kept["work"])
        Job.objects.filter(run=self.run, token=token, kind__in=[Job.Kind.WARN, Job.Kind.LATE]).delete()
        due = None
        if deadline:
            person = (
                WorkItem.objects.filter(run=self.run, token=token, assignee__isnull=False)
                .order_by("-pk")
                .first()
            )
            holder = person.assignee if person else None
            due = times.after(since, deadline, times.calendar_for(holder))
            already = len(doing.changes.jobs)
            ordering.watch_deadline(doing, token, deadline, due, holder)
            if had_one and had_passed:
                coming = [job for job in doing.changes.jobs[already:] if job["due_at"] > doing.at]
                doing.changes.jobs[already:] = coming
        self._open_work(token).update(due_at=due)
        return due

    def _choose_again(self, token: int, new: Node, due: datetime | None) -> None:
        """Others may get the work; who has answered already is not asked a second time. The deadline stays."""
        answered = set(
            WorkItem.objects.filter(run=self.run, token=token, state="done").values_list(
                "done_by_id", flat=True
            )
        )
        found = ordering.holders_of(self.doing, new)
        found = [each for each in found if each.person is None or each.person.pk not in answered]
        if not found:
            raise Refused(_("Everybody who would be asked has answered already."))
        mine = [row for row in self.kept["work"] if row["token"] == token]
        kept_due = next((parse_datetime(row["due_at"]) for row in mine if row["due_at"]), None)
        self._open_work(token).update(state="withdrawn")
        ordering.lay_out_work(self.doing, token, new, found, due or kept_due)
