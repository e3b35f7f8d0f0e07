"""Giving records by the rules: one at a time as they come, many on demand, and those that waited."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from activities.due import day_there
from activities.operations import plan_task
from distribution import facts, notices, words
from distribution.models import Allotment, DistributionRule, Record, Turn, WaitingRecord
from distribution.planning import Decision, Outcome, Planner, Subject
from distribution.records import distributable, without_owner
from foundation.facts import tell
from foundation.working_time import add_working_days
from users.calendars import calendar_of
from users.models import User

BATCH = 100
LOCK = "SELECT pg_advisory_xact_lock(hashtext('distribution'))"


def distribute(
    record: str,
    keys: Collection[int],
    *,
    by: Any,
    at: datetime,
    cause: Any = None,
    only_without_owner: bool = True,
) -> dict[int, Decision]:
    """Give these records by the rules in use; those that somebody has already are left alone unless told otherwise.

    One at a time through the whole company, so that two workers never count the same turn, quota or load.
    """
    rules = list(DistributionRule.objects.in_use(record).ready())
    if not rules or not keys:
        return {}
    with transaction.atomic():
        _lock()
        wanted = without_owner(record) if only_without_owner else distributable(record)
        own = wanted.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        records = {each.pk: each for each in own}
        subjects = subjects_of(record, records.values(), at)
        planner = Planner(record, rules, at)
        planner.prepare(subjects)
        decisions = {}
        for subject in subjects:
            decision = planner.decide(subject)
            _carry_out(record, records[subject.key], subject, decision, by=by, at=at, cause=cause)
            decisions[subject.key] = decision
    return decisions


def subjects_of(record: str, records: Collection[Any], at: datetime) -> list[Subject]:
    keys = [each.pk for each in records]
    waiting = WaitingRecord.objects.filter(record=record, object_id__in=keys).order_by()
    since = dict(waiting.values_list("object_id", "since"))
    return [
        Subject(
            each.pk,
            each.account_id if record == Record.DEAL else each.pk,
            since.get(each.pk, at),
        )
        for each in records
    ]


def give_waiting(*, at: datetime) -> int:
    """What waited until now is asked about again, a batch after the other; how many records were looked at."""
    robot, looked_at = User.objects.robot(), 0
    while True:
        with transaction.atomic():
            _lock()
            due = WaitingRecord.objects.filter(due_at__lte=at).order_by("due_at", "pk")
            rows = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
            for record in Record.values:
                keys = [row.object_id for row in rows if row.record == record]
                decisions = distribute(record, keys, by=robot, at=at)
                # Owned, closed or merged meanwhile, or no rule is for it any more: nothing is left to wait for.
                gone = [key for key in keys if key not in decisions]
                WaitingRecord.objects.filter(record=record, object_id__in=gone).delete()
        looked_at += len(rows)
        if len(rows) < BATCH:
            return looked_at


def let_wait(record: str, keys: Collection[int], *, at: datetime) -> None:
    """Have a worker distribute these soon: for imports, which bring many."""
    if not keys:
        return
    WaitingRecord.objects.bulk_create(
        [WaitingRecord(record=record, object_id=key, since=at, due_at=at) for key in keys],
        ignore_conflicts=True,
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def _carry_out(
    record: str, given: Any, subject: Subject, decision: Decision, *, by: Any, at: datetime, cause: Any
) -> None:
    if decision.outcome == Outcome.WAITING:
        _wait(record, given, subject, decision, by=by, at=at, cause=cause)
        return
    WaitingRecord.objects.filter(record=record, object_id=given.pk).delete()
    if decision.outcome == Outcome.NO_RULE:
        return
    rule, person = decision.rule, decision.person
    assert rule is not None
    assert person is not None
    why: dict[str, Any] = {
        "method": rule.method,
        "place": decision.place,
        "among": decision.among,
        "left_out": words.kept(decision.left_out),
        "is_fallback": decision.outcome == Outcome.FALLBACK,
    }
    said: dict[str, Any] = {"rule": rule.name, "to_name": person.name, **why, **_about(record, given)}
    is_deal = record == Record.DEAL
    told = facts.DealDistributed(**said) if is_deal else facts.LeadDistributed(**said)
    event = tell(told, by=by, at=at, cause=cause)
    is_new = given.owner_id != person.pk
    given.assign(person, by=by, at=at, cause=event)
    Allotment.objects.create(
        rule=rule, record=record, object_id=given.pk, person=person, at=at, by=by, event_id=event.pk, **why
    )
    if decision.candidate is not None:
        Turn.objects.update_or_create(rule=rule, person=person, defaults={"last": decision.candidate.last})
    else:
        notices.tell_of_fallback(record, given, rule, person, why["left_out"], by=by, at=at)
    if rule.first_step and is_new:
        _plan_first_step(record, given, rule, person, by=by, at=at, cause=event)


def _wait(
    record: str, given: Any, subject: Subject, decision: Decision, *, by: Any, at: datetime, cause: Any
) -> None:
    """Told once; asked about again, only when it is asked about next changes."""
    assert decision.rule is not None
    assert decision.until is not None
    left_out = words.kept(decision.left_out)
    before = WaitingRecord.objects.filter(record=record, object_id=given.pk).first()
    WaitingRecord.objects.update_or_create(
        record=record,
        object_id=given.pk,
        defaults={"rule": decision.rule, "due_at": decision.until, "left_out": left_out},
        create_defaults={
            "rule": decision.rule,
            "since": subject.since,
            "due_at": decision.until,
            "left_out": left_out,
        },
    )
    if before is None or before.rule_id is None:
        until = decision.until.isoformat()
        said = {"rule": decision.rule.name, "until": until, "left_out": left_out, **_about(record, given)}
        told = facts.DealQueued(**said) if record == Record.DEAL else facts.LeadQueued(**said)
        tell(told, by=by, at=at, cause=cause)


def _about(record: str, given: Any) -> dict[str, Any]:
    if record == Record.DEAL:
        return {"deal_id": given.pk, "account_id": given.account_id}
    return {"account_id": given.pk}


def _plan_first_step(
    record: str, given: Any, rule: DistributionRule, person: User, *, by: Any, at: datetime, cause: Any
) -> None:
    """On the person's next working day, or so many after it."""
    calendar = calendar_of(person)
    day = add_working_days(day_there(at, person.time_zone), rule.first_step_days, calendar)
    about: dict[str, Any] = {"deal": given} if record == Record.DEAL else {"account": given}
    plan_task(title=rule.first_step, owner=person, due_on=day, by=by, at=at, cause=cause, **about)
