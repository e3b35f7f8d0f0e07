"""The sections of the day that activities themselves offer. Later rooms register theirs beside these."""

from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models.task_template import TaskKind
from activities.my_day import MOST, Action, Item, Section, register_section
from activities.queries import my_day as queries
from activities.queries.my_day import Day
from activities.suggesting import OpenDeal, quiet_text, suggestions

KIND_ICONS = {
    "todo": "checkbox",
    "call": "phone",
    "mail": "mail",
    "visit": "map-pin",
    "document": "file-text",
}
KINDS = dict(TaskKind.choices)


def overdue(person: Any, at: datetime) -> list[Item]:
    """Late tasks, and meetings of the days before of which nobody said what came of them; the oldest first."""
    day, may_give = Day(person, at), person.may("activities.assign")
    late = [(row["due_by"], _task(row, day, may_give)) for row in queries.first_overdue(person, at)]
    late += [(row["ends_at"], _meeting(row, person, day)) for row in queries.meetings_unsaid(person, at)]
    return [item for _moment, item in sorted(late, key=lambda each: each[0])][: MOST + 1]


def today(person: Any, at: datetime) -> list[Item]:
    """By the clock; what has a day and no hour comes after."""
    day = Day(person, at)
    timed: list[tuple[Any, Item]] = []
    may_give = person.may("activities.assign")
    for row in queries.first_today(person, at):
        timed.append(((row["due_at"] is None, row["due_by"], row["priority"]), _task(row, day, may_give)))
    for row in queries.meetings_today(person, at):
        timed.append(((row["meeting__is_all_day"], row["starts_at"], 0), _meeting(row, person, day)))
    return [item for _place, item in sorted(timed, key=lambda each: each[0])][: MOST + 1]


def to_accept(person: Any, at: datetime) -> list[Item]:
    day = Day(person, at)
    return [_handed_in(row, day) for row in queries.first_to_accept(person, at)]


def without_step(person: Any, at: datetime) -> list[Item]:
    return [
        _deal(deal, quiet_text(deal) or _("Nothing is planned"), deal.worth_text)
        for deal in queries.without_step(person, at)
    ]


def suggested(person: Any, at: datetime) -> list[Item]:
    """Who asked to be called back, then deals that want something, the most telling reason first."""
    day = Day(person, at)
    calls = [_call_back(row, day) for row in queries.asked_to_call_back(person, at)]
    found = suggestions(queries.with_step(person, at), day.today, day.day)[: MOST + 1]
    return [*calls, *(_deal(each.deal, each.reason, each.deal.worth_text) for each in found)][: MOST + 1]


def register() -> None:
    for section in (
        Section("overdue", gettext_lazy("Overdue"), 10, overdue, rows=queries.overdue, icon="alert-circle",
                all_url=lambda person: _tasks(mine=1, overdue=1)),
        Section("today", gettext_lazy("Today"), 20, today, rows=queries.due_today, icon="calendar-event",
                all_url=lambda person: _tasks(mine=1, today=1)),
        Section("to_accept", gettext_lazy("Handed in to you"), 30, to_accept, rows=queries.to_accept,
                icon="eye-check", all_url=lambda person: _tasks(handed_in=1)),
        Section("without_step", gettext_lazy("Deals without a next step"), 70, without_step, gate="deals.view",
                rows=queries.deals_without_step, icon="circle-dashed",
                all_url=lambda person: f"{reverse('deals:list')}?mine=1&no_step=1&state=open"),
        Section("suggested", gettext_lazy("Worth doing next"), 80, suggested, gate="deals.view", icon="bulb"),
    ):  # fmt: skip
        register_section(section)


def _tasks(**asked: Any) -> str:
    return f"{reverse('activities:tasks')}?{urlencode(asked)}"


@cache
def _root(name: str) -> str:
    """Where addresses of one kind begin: found once, not for every row."""
    return reverse(name)


def _card(account: int) -> str:
    return f"{_root('accounts:list')}{account}/"


def _task(row: dict[str, Any], day: Day, may_give: bool) -> Item:
    own = f"{_root('activities:tasks')}{row['pk']}/"
    is_late = row["due_by"] is not None and row["due_by"] <= day.at
    about, about_url = _about(row)
    return Item(
        key=f"task-{row['pk']}",
        title=row["title"],
        url=own,
        reason=_("High priority") if row["priority"] == 1 else "",
        due=_due(row, day),
        is_late=is_late,
        icon=KIND_ICONS.get(row["kind"], "checkbox"),
        kind=KINDS.get(row["kind"], ""),
        about=about,
        about_url=about_url,
        actions=(
            Action("done", _("Done"), f"{own}finish/", "check"),
            Action("snooze", _("Put off"), f"{own}snooze/", "clock-pause", "snooze"),
            *(
                [Action("assign", _("Give to somebody else"), f"{own}reassign/", "user-share")]
                if may_give
                else []
            ),
        ),
    )


def _handed_in(row: dict[str, Any], day: Day) -> Item:
    own = f"{_root('activities:tasks')}{row['pk']}/"
    about, about_url = _about(row)
    return Item(
        key=f"task-{row['pk']}",
        title=row["title"],
        url=own,
        reason=_("Handed in by %(name)s") % {"name": row["owner__name"]},
        due=_due(row, day),
        is_late=row["due_by"] is not None and row["due_by"] <= day.at,
        icon="eye-check",
        kind=_("to be accepted"),
        about=about,
        about_url=about_url,
        actions=(
            Action("done", _("Accept"), f"{own}finish/", "check"),
            Action("send_back", _("Send back"), f"{own}send-back/", "arrow-back-up"),
        ),
    )


def _meeting(row: dict[str, Any], person: Any, day: Day) -> Item:
    key = row["meeting_id"]
    own, which = reverse("activities:meeting", args=[key]), f"?occurrence={row['pk']}"
    is_over = row["ends_at"] <= day.at
    is_mine = row["meeting__owner_id"] == person.pk
    when = _("all day") if row["meeting__is_all_day"] else day.moment(row["starts_at"])
    about, about_url = row["meeting__account__name"] or "", ""
    if row["meeting__account_id"]:
        about_url = _card(row["meeting__account_id"])
    actions = (
        (Action("done", _("What came of it?"), f"{own}hold/{which}", "check"),) if is_over and is_mine else ()
    )
    return Item(
        key=f"occurrence-{row['pk']}",
        title=row["meeting__title"],
        url=f"{own}{which}",
        reason=_("It is over: what came of it?") if is_over else row["room__name"] or row["meeting__place"],
        due=when,
        icon="users",
        kind=_("meeting"),
        about=about,
        about_url=about_url,
        actions=actions,
    )


def _deal(deal: OpenDeal, reason: str, due: str) -> Item:
    plan = f"{_root('activities:task_create')}?{urlencode({'deal': deal.key})}"
    return Item(
        key=f"deal-{deal.key}",
        title=deal.title,
        url=f"{_root('deals:list')}{deal.key}/",
        reason=reason,
        due=due,
        icon="layout-kanban",
        kind=_("deal"),
        about=deal.account,
        about_url=_card(deal.account_id) if deal.account_id else "",
        actions=(Action("done", _("Plan"), plan, "calendar-plus"),),
    )


def _call_back(row: dict[str, Any], day: Day) -> Item:
    who = row["contact__name"] or row["account__name"]
    asked = {
        "account": row["account_id"],
        "contact": row["contact_id"],
        "deal": row["deal_id"],
        "kind": "call",
    }
    said = {name: value for name, value in asked.items() if value} | {
        "title": _("Call back %(who)s") % {"who": who}
    }
    card = _card(row["account_id"])
    return Item(
        key=f"call-{row['pk']}",
        title=who,
        url=card,
        reason=_("They asked to call back: %(day)s") % {"day": day.moment(row["at"])},
        icon="phone",
        kind=_("call"),
        about=row["account__name"] if row["contact__name"] else "",
        about_url=card if row["contact__name"] else "",
        actions=(
            Action(
                "done", _("Plan"), f"{_root('activities:task_create')}?{urlencode(said)}", "calendar-plus"
            ),
        ),
    )


def _about(row: dict[str, Any]) -> tuple[str, str]:
    """The deal or the client it is about, and the contact there."""
    if row["deal_id"]:
        named = " · ".join(filter(None, (row["account__name"], row["deal__title"])))
        return named, f"{_root('deals:list')}{row['deal_id']}/"
    if row["account_id"]:
        named = " · ".join(filter(None, (row["account__name"], row["contact__name"])))
        return named, _card(row["account_id"])
    return row["contact__name"] or "", ""


def _due(row: dict[str, Any], day: Day) -> str:
    if row["due_at"] is not None:
        return day.moment(row["due_at"])
    if row["due_on"] is None:
        return ""
    return "" if row["due_on"] == day.today else day.day(row["due_on"])
