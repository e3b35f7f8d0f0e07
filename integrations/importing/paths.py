"""The stages a deal of a file went through: from its dates, checked to be a possible history."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from deals.models import Stage
from integrations.importing.record import Record
from integrations.mapping import ENTERED

Path = list[tuple[Stage, datetime]]


def path_of(
    record: Record,
    values: Mapping[str, Any],
    stage: Stage,
    entered: Mapping[str, tuple[Stage, datetime]],
    first: Stage,
    at: datetime,
) -> Path:
    """Stages and moments, first to last; a problem of the record where the dates contradict each other.

    `entered` are the moments the row gives for stages; without any date the deal is opened at `at`, the moment of
    the import. The stage the row names is the last one; skipped stages are left to the funnel's arithmetic.
    """
    path: Path = sorted(entered.values(), key=lambda each: (each[1], each[0].place))
    opened_at, closed_at = values.get("opened_at"), values.get("closed_at")
    if opened_at is not None and (not path or opened_at < path[0][1]):
        path.insert(0, (stage if stage.is_open and not path else first, opened_at))
    if stage.is_open:
        path = _still_open(path, stage, at)
        if closed_at is not None:
            record.reject("closed_at", _("An open deal has no day of closing."))
    else:
        moment = closed_at or at
        path = [*(path or [(first, moment)]), (stage, moment)]
    _check(record, path, entered, at)
    return path


def _still_open(path: Path, stage: Stage, at: datetime) -> Path:
    if not path:
        return [(stage, at)]
    return (
        path
        if path[-1][0].pk == stage.pk and path[-1][0].name == stage.name
        else [*path, (stage, path[-1][1])]
    )


def _check(record: Record, path: Path, entered: Mapping[str, Any], at: datetime) -> None:
    field = "closed_at" if not path[-1][0].is_open else next(iter(entered), "opened_at")
    moments = [moment for _stage, moment in path]
    if moments != sorted(moments):
        record.reject(field, _("The deal would be closed before it was opened."))
    elif moments[-1] > at:
        record.reject(field, _("This day has not come yet."))
    elif any(stage.name == before.name for (before, _b), (stage, _s) in pairwise(path)):
        record.reject(ENTERED.rstrip(":"), _("The deal would enter one stage twice in a row."))
