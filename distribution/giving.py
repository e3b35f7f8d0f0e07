"""Many records given by the rules on demand, as one change-set that can be undone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from changes import running
from changes.models import ChangeKind, ChangeSet, Outcome, ResultRow
from changes.running import Result
from distribution import planning, words
from distribution.models import Record
from distribution.operations import distribute
from distribution.planning import Decision
from distribution.records import ASSIGN, reached
from foundation.errors import Refused

WORK = "distribution.give"
MOST = 10_000
AT_ONCE = 25  # each is given by the verbs, some thirty statements: more would keep a person waiting


def register() -> None:
    running.register(WORK, give_rows)


def give_many(record: str, rows: Sequence[tuple[int, str]], *, by: Any, at: datetime) -> ChangeSet:
    """Distribute these records (key, title): at once where they are few, else by a worker."""
    if not rows:
        raise Refused(_("Choose some records first."))
    if len(rows) > MOST:
        raise Refused(_("At most %(n)d records at once.") % {"n": MOST})
    with transaction.atomic():
        made = ChangeSet.begin(
            ChangeKind.REASSIGNMENT,
            title=title_of(record, len(rows)),
            by=by,
            at=at,
            work=WORK,
            arguments={"record": record},
            total=len(rows),
        )
        running.add_rows(made, record, rows)
        if len(rows) > AT_ONCE:
            transaction.on_commit(running.wake, robust=True)
        else:
            running.start(made, by=by, at=at)
    return made


def give_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch: what nobody has, and what the person may give away."""
    record, keys = made.arguments["record"], [row.object_id for row in rows]
    theirs = reached(record, by, ASSIGN[record]).filter(pk__in=keys).order_by()
    able = set(theirs.values_list("pk", flat=True))
    decisions = distribute(record, able, by=by, at=at, only_without_owner=False)
    return [_result(row, row.object_id in able, decisions.get(row.object_id)) for row in rows]


def title_of(record: str, n: int) -> str:
    if record == Record.DEAL:
        return ngettext("Distribution of %(n)d deal", "Distribution of %(n)d deals", n) % {"n": n}
    return ngettext("Distribution of %(n)d lead", "Distribution of %(n)d leads", n) % {"n": n}


def _result(row: ResultRow, is_able: bool, decision: Decision | None) -> Result:
    if not is_able:
        return Result(
            row.pk, Outcome.SKIPPED, _("It is closed, no lead any more, or you may not give it away.")
        )
    if decision is None or decision.outcome == planning.Outcome.NO_RULE:
        return Result(row.pk, Outcome.SKIPPED, _("No rule is for it."))
    if decision.outcome == planning.Outcome.WAITING:
        assert decision.rule is not None
        assert decision.until is not None
        left_out = words.kept(decision.left_out)
        said = words.waits(decision.rule.name, decision.until.isoformat(), left_out)
        return Result(row.pk, Outcome.SKIPPED, said)
    return Result(row.pk, Outcome.DONE)
