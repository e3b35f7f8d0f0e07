"""What the page of a past day shows: everything written out, nothing left to ask."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.models import Stage, StageKind
from deals.queries import words
from foundation.clock import company_day
from foundation.errors import Refused
from reports.as_of import AsOf, Standing, first_known, listed, standing
from reports.readers import Reader, keys
from reports.selections import select


@dataclass(frozen=True)
class Asked:
    """A day with the stages asked about, in order, and what to ask the deals with."""

    on: date
    stages: list[Stage]
    as_of: AsOf


@dataclass(frozen=True)
class StageThen:
    stage: Stage
    standing: Standing


def asked_of(reader: Reader, params: dict[str, Any]) -> Asked:
    """The end of the company's day."""
    on = params["on"]
    if on > company_day(timezone.now()):
        raise Refused(_("That day has not come yet: choose one that is past."))
    selection = select(reader, params)
    stages = sorted(selection.stages_of(StageKind.OPEN), key=lambda stage: (stage.pipeline_id, stage.place))
    people = None if selection.people is None else sorted(selection.people)
    moment = datetime.combine(on + timedelta(days=1), time(), ZoneInfo(settings.COMPANY_TIME_ZONE))
    return Asked(on, stages, AsOf(moment, keys(stages), people))


def by_stage(asked: Asked) -> list[StageThen]:
    found = standing(asked.as_of)
    return [StageThen(stage, found.get(stage.pk, Standing())) for stage in asked.stages]


def board_page(asked: Asked) -> dict[str, Any]:
    """Columns with their first cards. One statement."""
    columns = by_stage(asked)
    return {"columns": [_column(each) for each in columns], "total": _total(columns)}


def list_page(asked: Asked, cursor: str) -> dict[str, Any]:
    """A page of rows and the total. Two statements."""
    names = {stage.pk: stage.name for stage in asked.stages}
    rows, has_more = listed(asked.as_of, _place(cursor))
    root = reverse("deals:list")
    shown = [
        {
            "title": row.title,
            "url": f"{root}{row.pk}/",
            "client": row.client or "",
            "stage": names[row.stage_id],
            "amount": words.amount_text(row.amount, row.currency),
            "owner": row.owner or "",
            "step": row.next_step,
            "expected": words.day_text(row.expected_close_on, asked.on),
            "opened": words.day_text(timezone.localdate(row.opened_at), asked.on),
        }
        for row in rows
    ]
    more = _cursor(rows[-1].opened_at, rows[-1].pk) if has_more else ""
    return {"rows": shown, "next": more, "is_later": bool(cursor), "total": _total(by_stage(asked))}


def known_since(asked: Asked) -> str:
    """A sentence where the day lies before what is known; empty where it does not. One statement."""
    history, opened = first_known()
    if opened is None or opened >= asked.as_of.at:
        return _("No deal was open yet on that day: the first one there is was opened later.")
    if history is None or history >= asked.as_of.at:
        said = {"day": words.day_text(company_day(history), asked.on) if history else ""}
        return (
            _(
                "The history of amounts, owners and expected closes begins on %(day)s. For a day before, the stages "
                "are those of then, and the rest is the oldest there is."
            )
            % said
        )
    return ""


def _column(each: StageThen) -> dict[str, Any]:
    found, root = each.standing, reverse("deals:list")
    return {
        "stage": each.stage,
        "count": words.count_text(found.deals),
        "worth": words.worth_text(found.worth),
        "more": words.count_text(found.deals - len(found.cards)) if found.deals > len(found.cards) else "",
        "cards": [
            {
                "title": card.title,
                "url": f"{root}{card.pk}/",
                "client": card.client or "",
                "amount": words.amount_text(card.amount, card.currency) or "—",
                "owner": card.owner or "",
            }
            for card in found.cards
        ],
    }


def _total(columns: list[StageThen]) -> dict[str, str]:
    worth = sum((each.standing.worth for each in columns), Decimal(0))
    return {
        "count": words.count_text(sum(each.standing.deals for each in columns)),
        "worth": words.worth_text(worth),
        "exactly": words.amount_text(worth, settings.BASE_CURRENCY),
    }


def _cursor(opened_at: datetime, pk: int) -> str:
    return urlsafe_b64encode(f"{opened_at.isoformat()}|{pk}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, int] | None:
    """The first page for what cannot be read."""
    try:
        moment, pk = urlsafe_b64decode(cursor[:200].encode()).decode().split("|")
        opened_at, key = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return None
    return (opened_at, key) if timezone.is_aware(opened_at) and 0 < key < 2**63 else None
