"""The page of one deal, within twelve statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import timeline
from accounts.models import ContactPoint
from deals.models import Deal, Stage
from deals.queries import words

# Not its stage and pipeline: they come with the path. Joining all would take longer to plan than to do.
WITH = ("account", "owner", "source", "loss_reason")
NEW_HISTORY = 30
# With the people in one statement: how to reach each of them.
POINTS = ArraySubquery(
    ContactPoint.objects.filter(contact=OuterRef("contact")).values(
        said=JSONObject(kind="kind", value="value")
    )
)


@dataclass(frozen=True)
class PathStep:
    """A stage on the path. `is_done`: before where the deal stands or stood last."""

    stage: Stage
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class Stay:
    """A stretch of time in one stage; `left` is None while it lasts."""

    stage: str
    entered: datetime
    left: datetime | None
    duration: str
    actor: str


def page_of(deal: Deal, person: Any, only: str = "") -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now)
    stages = deal.with_its_stages()
    events = list(deal.stage_events.select_related("to_stage", "actor").order_by("at", "pk"))
    state = words.step_mark(deal.state, deal.next_step, deal.next_step_on, today)
    return {
        "deal": deal,
        "path": path_of(deal, stages, events),
        "amount": words.amount_text(deal.amount, deal.currency),
        "base_text": base_text(deal),
        "weighted": _weighted(deal),
        "expected": words.day_text(deal.expected_close_on, today),
        "is_late": deal.is_open and deal.expected_close_on is not None and deal.expected_close_on < today,
        "step": state,
        "age": words.stage_age(deal.entered_stage_at, deal.stage.norm_days, now),
        "parts": deal.deal_contacts.select_related("contact").annotate(points=POINTS).order_by("pk"),
        "lines": deal.lines.select_related("product").order_by("pk"),
        "stays": stays_of(events, deal, now)[::-1][:NEW_HISTORY],
        "timeline": timeline_of(deal, only=only),
        "may": {verb: person.reaches(deal, f"deals.{verb}") for verb in ("move", "change", "assign")},
        "sees_client": deal.account is not None and person.reaches(deal.account, "accounts.view"),
    }


def path_of(deal: Deal, stages: list[Stage], events: list[Any]) -> list[PathStep]:
    """The pipeline's stages; for a closed deal those up to where it was closed from are done."""
    standing = deal.stage
    if deal.is_lost and events and events[-1].from_stage_id:
        standing = next((stage for stage in stages if stage.pk == events[-1].from_stage_id), standing)
    reached = standing.place
    return [
        PathStep(
            stage,
            stage.place < reached or (deal.is_lost and stage.pk == standing.pk),
            stage.pk == deal.stage_id,
        )
        for stage in stages
    ]


def stays_of(events: list[Any], deal: Deal, now: datetime) -> list[Stay]:
    """Time in each stage, oldest first; the closing stage is not a stay."""
    stays = []
    for event, following in pairwise([*events, None]):
        left = following.at if following is not None else None
        if following is None and not deal.is_open:
            stays.append(Stay(event.to_stage.name, event.at, None, "", event.actor.name))
            continue
        spent = duration_text((left or now) - event.at)
        stays.append(Stay(event.to_stage.name, event.at, left, spent, event.actor.name))
    return stays


def duration_text(spent: timedelta) -> str:
    """“12 days”, “3 hours”, “less than an hour”."""
    if spent.days:
        return ngettext("%(n)s day", "%(n)s days", spent.days) % {"n": spent.days}
    hours = int(spent.total_seconds() // 3600)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else _("less than an hour")


def timeline_of(deal: Deal, before: str | None = None, only: str = "") -> dict[str, Any]:
    """A page of the timeline by days of the reader's zone; `only` a kind of facts."""
    page = timeline.page("deal", deal.pk, before=before, only=only)
    days = groupby(page.entries, key=lambda entry: timezone.localdate(entry.at))
    return {
        "days": [(day, list(entries)) for day, entries in days],
        "older": page.older,
        "on_top": page.on_top,
        "url": reverse("deals:timeline", args=[deal.pk]),
        "kinds": timeline.kinds(),
        "only": page.only,
    }


def base_text(deal: Deal) -> str:
    """The amount in the company's currency with its rate, where the deal's is another one."""
    if deal.base_amount is None or deal.rate == 1:
        return ""
    return _("≈ %(worth)s at %(rate)s on %(day)s") % {
        "worth": words.worth_text(deal.base_amount),
        "rate": words.rate_text(deal.rate),
        "day": words.day_text(deal.rate_on, timezone.localdate()),
    }


def _weighted(deal: Deal) -> str:
    if deal.base_amount is None or not deal.is_open:
        return ""
    return _("%(percent)s%% likely: %(worth)s") % {
        "percent": deal.stage.probability,
        "worth": words.worth_text(deal.base_amount * deal.stage.probability / 100),
    }
