"""The page of one deal, within twelve statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import timeline
from accounts.custom.shown import shown_fields
from accounts.models import ContactPoint
from deals.models import Deal, Stage
from deals.queries import words
from deals.queries.quiet import QuietRule
from deals.stage_time import Entering, day_length, times_in_stages
from users.models import User

# Not its stage and pipeline: they come with the path. Joining all would take longer to plan than to do.
WITH = ("account", "owner", "source", "loss_reason")
NEW_HISTORY = 30
# With the people in one statement: how to reach each of them.
POINTS = ArraySubquery(
    ContactPoint.objects.filter(contact=OuterRef("contact")).values(
        said=JSONObject(kind="kind", value="value")
    )
)


class OneOf(Func):
    """A key that an array holds."""

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY(", BooleanField()


def with_team(deals: Any) -> Any:
    """Deals with `team_people`, the names of their team, in the statement that reads them."""
    team = User.objects.filter(OneOf(F("pk"), OuterRef("team_ids"))).order_by("sort_key", "pk")
    return deals.annotate(team_people=ArraySubquery(team.values(told=JSONObject(pk="pk", name="name"))))


@dataclass(frozen=True)
class PathStep:
    """A stage on the path. `is_done`: before where the deal stands or stood last."""

    stage: Stage
    is_done: bool
    is_current: bool
    time: str = ""
    is_over: bool = False


@dataclass(frozen=True)
class StageStay:
    """All the time in one stage, in words: `together` of every visit, `latest` where there were several."""

    stage: str
    entered: datetime
    left: datetime | None
    visits: int
    latest: str
    together: str
    norm: int | None
    is_over: bool


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
    times = stage_stays(events, now)
    return {
        **about(deal, person, now),
        "path": path_of(deal, stages, events, times),
        "step": state,
        "team": sorted(getattr(deal, "team_people", []), key=lambda person: person["pk"] != deal.owner_id),
        "parts": deal.deal_contacts.select_related("contact").annotate(points=POINTS).order_by("pk"),
        "lines": deal.lines.select_related("product").order_by("pk"),
        "times": list(times.values()),
        "stays": stays_of(events, deal, now)[::-1][:NEW_HISTORY],
        "timeline": timeline_of(deal, only=only),
    }


def about(deal: Deal, person: Any, now: datetime) -> dict[str, Any]:
    """The key fields in words. No statement, but for clients that custom fields name."""
    today = timezone.localdate(now)
    return {
        "deal": deal,
        "amount": words.amount_text(deal.amount, deal.currency),
        "base_text": base_text(deal),
        "weighted": _weighted(deal),
        "expected": words.day_text(deal.expected_close_on, today),
        "is_late": deal.is_open and deal.expected_close_on is not None and deal.expected_close_on < today,
        "custom": shown_fields(deal, person),
        "age": words.stage_age(deal.entered_stage_at, deal.stage.norm_days, now),
        "quiet": QuietRule(now).text(vars(deal), deal.stage.quiet_after),
        "may": {
            verb: person.reaches(deal, f"deals.{verb}") for verb in ("move", "change", "assign", "delete")
        },
        "cells_at": deal.get_absolute_url() + "cell/" if person.reaches(deal, "deals.change") else "",
        "sees_client": deal.account is not None and person.reaches(deal.account, "accounts.view"),
    }


def card(deal: Deal, request: Any) -> str:
    """The key fields as they are after one of them changed, with the amount beside the title."""
    context = about(deal, request.user, timezone.now()) | {"is_fragment": True}
    return render_to_string("deals/identity.html", context, request)


def path_of(
    deal: Deal, stages: list[Stage], events: list[Any], times: dict[int, StageStay] | None = None
) -> list[PathStep]:
    """The pipeline's stages; for a closed deal those up to where it was closed from are done."""
    standing = deal.stage
    if deal.is_lost and events and events[-1].from_stage_id:
        standing = next((stage for stage in stages if stage.pk == events[-1].from_stage_id), standing)
    reached, times = standing.place, times or {}
    return [
        PathStep(
            stage,
            stage.place < reached or (deal.is_lost and stage.pk == standing.pk),
            stage.pk == deal.stage_id,
            times[stage.pk].together if stage.pk in times else "",
            stage.pk in times and times[stage.pk].is_over,
        )
        for stage in stages
    ]


def stage_stays(events: list[Any], now: datetime) -> dict[int, StageStay]:
    """By stage, in the order they were first entered, in working time of the company."""
    calendar = words.company_calendar.rules() or words.ROUND_THE_CLOCK
    day, stages = day_length(calendar), {event.to_stage_id: event.to_stage for event in events}
    enterings = [Entering(event.to_stage_id, event.at, event.to_stage.is_open) for event in events]
    found = {}
    for key, spent in times_in_stages(enterings, now, calendar).items():
        norm = stages[key].norm_days
        found[key] = StageStay(
            stage=stages[key].name,
            entered=spent.entered_at,
            left=spent.left_at,
            visits=spent.visits,
            latest=words.working_text(spent.latest, day),
            together=words.working_text(spent.together, day),
            norm=norm,
            is_over=norm is not None and (spent.days is None or spent.days > norm),
        )
    return found


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
    percent = deal.stage.probability if deal.probability is None else deal.probability
    return _("%(percent)s%% likely: %(worth)s") % {
        "percent": percent,
        "worth": words.worth_text(deal.base_amount * percent / 100),
    }
