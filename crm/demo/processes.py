"""What the demo company's processes have done for three months: approvals, welcomes, complaints, and a draft.

Runs begin where deals and clients gave them reason, people answer sooner or later, and what is left is under way.
It draws from dice of its own, so that the rest of the story stays as it was.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Account
from crm.demo.company import Company
from crm.demo.stage import in_working_hours
from deals.models import Deal, StageEvent
from foundation.errors import Refused
from foundation.partitions import ensure_months
from processes import operations, working
from processes.models import Job, Process, Run, WorkItem
from processes.recipes import RECIPES
from processes.running import jobs
from processes.running.reading import graph_of
from users.models import Notification, User

SEED = 11
HISTORY = timedelta(days=92)
NEWS = timedelta(days=2)  # what people were told before that they have read
APPROVED_FROM, TWICE_FROM = "15000.00", "60000.00"
WELCOMES, COMPLAINTS = 24, 14
SLOW = 2.5  # times as long as others
FORGETS = 4  # every so many-th of theirs is left lying
Begin = tuple[datetime, Process, int, Any]


def run_processes(company: Company, now: datetime) -> None:
    """Publish them three months ago, and play what came of it."""
    dice = random.Random(SEED)
    ensure_months((now - HISTORY).date(), now.date(), tables=("processes_steplog",))
    begins = [*_approvals(company, now), *_welcomes(company, now), *_complaints(company, now, dice)]
    _make(company, "silent_client", {}, now - timedelta(days=3))
    _Played(company, now, dice).play(begins)
    Notification.objects.filter(kind__startswith="process.", at__lt=now - NEWS).update(read_at=F("at"))


def _make(company: Company, key: str, answers: dict[str, Any], at: datetime) -> Process:
    recipe = RECIPES[key]
    return operations.create(
        name=str(recipe.title),
        subject_kind=recipe.subject,
        goal=str(recipe.about),
        outline=recipe.outline(answers),
        starts=recipe.starts(answers),
        by=company.cast.head,
        at=at,
        **recipe.guards,
    )


def _published(company: Company, key: str, answers: dict[str, Any], now: datetime) -> Process:
    process = _make(company, key, answers, now - HISTORY)
    operations.publish(process, by=company.cast.head, at=now - HISTORY)
    return process


def _approvals(company: Company, now: datetime) -> Iterator[Begin]:
    proposal = next(each for each in company.sales.stages_in_order() if each.name == "Proposal")
    answers = {"amount": APPROVED_FROM, "second_amount": TWICE_FROM, "stage": proposal.pk}
    process = _published(company, "big_deal", answers, now)
    moves = StageEvent.objects.filter(
        to_stage=proposal,
        at__gt=now - HISTORY,
        deal__base_amount__gte=APPROVED_FROM,
        deal__owner__isnull=False,
    )
    for move in moves.select_related("deal__owner").order_by("at", "pk"):
        yield move.at, process, move.deal_id, move.deal.owner


def _welcomes(company: Company, now: datetime) -> Iterator[Begin]:
    process = _published(company, "onboarding", {}, now)
    won = Deal.objects.won().filter(closed_at__gt=now - HISTORY, owner__isnull=False)
    for deal in won.select_related("owner").order_by("-closed_at", "pk")[:WELCOMES]:
        yield deal.closed_at or now, process, deal.pk, deal.owner


def _complaints(company: Company, now: datetime, dice: random.Random) -> Iterator[Begin]:
    process = _published(company, "complaint", {}, now)
    clients = Account.objects.visible_to(company.cast.head).filter(roles__contains=["client"])
    keys = list(clients.order_by("pk").values_list("pk", flat=True))
    for key in dice.sample(keys, min(COMPLAINTS, len(keys))):
        days = timedelta(days=dice.uniform(0.5, HISTORY.days - 2))
        yield in_working_hours(now - days, dice.randrange(500)), process, key, company.cast.support


class _Played:
    """The clock of all runs: whatever comes first, be it a beginning, a timer or somebody who answers."""

    def __init__(self, company: Company, now: datetime, dice: random.Random) -> None:
        self.company, self.now, self.dice = company, now, dice
        self.answers: dict[int, datetime] = {}
        self.slow_ones = 0

    def play(self, begins: list[Begin]) -> None:
        """Beginnings that would come later than now do not come."""
        ahead: list[tuple[datetime, int, Any]] = []
        for number, (at, process, subject_id, by) in enumerate(begins):
            heapq.heappush(ahead, (at, number, (process, subject_id, by)))
        turn = len(begins)
        while ahead:
            at, _number, what = heapq.heappop(ahead)
            if at >= self.now:
                continue
            run = self._begun(*what, at=at) if isinstance(what, tuple) else what
            if run is what:
                self._step(run, at)
            following = self._next(run) if run is not None else None
            if run is not None and following is not None:
                turn += 1
                heapq.heappush(ahead, (max(following, at), turn, run))

    def _begun(self, process: Process, subject_id: int, by: Any, *, at: datetime) -> Run | None:
        try:
            return operations.start(process, subject_id, by=by, at=at)
        except Refused:  # one is under way for this record
            return None

    def _next(self, run: Run) -> datetime | None:
        """When something happens to it next: a timer, or somebody who answers."""
        moments = [self._answered_at(item) for item in WorkItem.objects.filter(run=run, state="open")]
        moments += Job.objects.filter(run=run).order_by("due_at").values_list("due_at", flat=True)[:1]
        return min(moments, default=None)

    def _step(self, run: Run, at: datetime) -> None:
        job = Job.objects.filter(run=run, due_at__lte=at).order_by("due_at", "pk").first()
        if job is not None:
            Job.objects.filter(pk=job.pk).update(owner="demo", attempt=F("attempt") + 1)
            job.refresh_from_db()
            jobs.carry_out(job, at=at)
            return
        for item in WorkItem.objects.filter(run=run, state="open").select_related("assignee"):
            if self._answered_at(item) <= at:
                return self._answer(item, at)

    def _answer(self, item: WorkItem, at: datetime) -> None:
        by = item.assignee or User.objects.active().filter(roles__key=item.role).order_by("pk").first()
        outcome = self._outcome(item) if item.kind == "approval" else ""
        comment = "" if outcome in ("", "approved") else _("The discount is not explained.")
        working.finish(item, by=by, at=at, outcome=outcome, comment=comment)

    def _outcome(self, item: WorkItem) -> str:
        offered = {flow.outcome for flow in graph_of(item.run.version_id).out_of(item.node)}
        drawn = self.dice.choices(["approved", "returned", "declined"], [80, 12, 8])[0]
        return drawn if drawn in offered else "approved"

    def _answered_at(self, item: WorkItem) -> datetime:
        """Drawn once: mostly within a day, sometimes a week later; one colleague takes longer and forgets some."""
        if item.pk not in self.answers:
            days = self.dice.expovariate(1 / 0.7)
            if item.assignee_id == self.company.cast.colleague.pk:
                self.slow_ones += 1
                days *= SLOW if self.slow_ones % FORGETS else HISTORY.days
            soon = item.opened_at + timedelta(minutes=self.dice.uniform(8, 150))
            later = in_working_hours(item.opened_at + timedelta(days=days), self.dice.randrange(540))
            self.answers[item.pk] = soon if days < 0.4 else max(soon, later)
        return self.answers[item.pk]
