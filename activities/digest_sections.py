"""What the morning's and Monday's mails say of tasks, meetings and deals. Amounts only where the role shows deals."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from activities.due import at_local, day_there
from activities.models import Absence, Occurrence, Task
from activities.reminding.words import day_text, moment_text
from deals.models import Deal
from deals.queries.quiet import is_quiet
from foundation.money import money_text
from users.digests import MONDAY, MORNING, DigestSection, Section, limited, register_section
from users.models import Department, User

MOST = 100


def overdue(person: User, at: datetime) -> Section | None:
    rows = Task.objects.of(person).overdue(at=at).order_by("due_by", "pk")[:MOST]
    today = day_there(at, person.time_zone)
    lines = [(_line(task, person, at, today), _task_url(task)) for task in rows]
    return _section(_("Overdue"), lines, reverse("activities:tasks") + "?mine=1&overdue=1")


def today(person: User, at: datetime) -> Section | None:
    """Tasks of the day and meetings, by the clock."""
    day = day_there(at, person.time_zone)
    ends = at_local(day + timedelta(days=1), datetime.min.time(), person.time_zone)
    tasks = Task.objects.of(person).filter(due_by__gt=at, due_by__lte=ends).order_by("due_by", "pk")[:MOST]
    meetings = (
        Occurrence.objects.filter(
            people_ids__contains=[person.pk], is_cancelled=False, meeting__state="planned",
            starts_at__lt=ends, ends_at__gt=at,
        )
        .select_related("meeting")
        .order_by("starts_at", "pk")[:MOST]
    )  # fmt: skip
    timed = [(task.due_by, _line(task, person, at, day), _task_url(task)) for task in tasks]
    timed += [
        (
            each.starts_at,
            f"{each.meeting.title}: {moment_text(each.starts_at, person.time_zone, at)}",
            reverse("activities:meeting", args=[each.meeting_id]),
        )
        for each in meetings
    ]
    lines = [(text, url) for _moment, text, url in sorted(timed, key=lambda each: each[0])]  # type: ignore[arg-type,return-value]
    return _section(_("Today"), lines, reverse("activities:my_day"))


def without_next_step(person: User, at: datetime) -> Section | None:
    if not person.may("deals.view"):
        return None
    day = day_there(at, person.time_zone)
    mine = Deal.objects.open().filter(owner=person).select_related("account")
    rows = mine.filter(Q(next_step_on__isnull=True) | Q(next_step_on__lt=day)).order_by("-opened_at", "-pk")[
        :MOST
    ]
    lines = []
    for deal in rows:
        step = _("no next step") if deal.next_step_on is None else _("next step was due %(day)s") % {
            "day": day_text(deal.next_step_on, day)
        }  # fmt: skip
        lines.append((f"{_named(deal)}: {step}", deal.get_absolute_url()))
    return _section(_("Deals that need a next step"), lines, reverse("deals:list") + "?mine=1&no_step=1")


def team_overdue(person: User, at: datetime) -> Section | None:
    """How many tasks of each colleague are late."""
    team = team_of(person)
    counts = Counter(
        dict(
            Task.objects.overdue(at=at)
            .filter(owner_id__in=team)
            .order_by()
            .values_list("owner_id")
            .annotate(n=Count("pk"))
        )
    )
    lines = [
        (
            ngettext("%(name)s: %(n)d overdue task", "%(name)s: %(n)d overdue tasks", n)
            % {"name": team[key].name, "n": n},
            f"{reverse('activities:tasks')}?owner={key}&overdue=1",
        )
        for key, n in sorted(counts.items(), key=lambda each: (-each[1], team[each[0]].sort_key))
    ]
    return _section(_("Overdue in your department"), lines)


def team_flow(person: User, at: datetime) -> Section | None:
    """What the department opened, won and lost last week, against the week before."""
    if not person.may("deals.view"):
        return None
    team = list(team_of(person))
    monday = day_there(at, person.time_zone)
    monday -= timedelta(days=monday.weekday())
    last, before = (_flow(team, monday - timedelta(days=7 * n)) for n in (1, 2))
    if not any(n for n, _sum in (*last.values(), *before.values())):
        return None
    labels = {"opened": _("Opened"), "won": _("Won"), "lost": _("Lost")}
    lines = [
        (
            _("%(label)s: %(last)s, the week before %(before)s")
            % {"label": labels[key], "last": _worth(*last[key]), "before": _worth(*before[key])},
            "",
        )
        for key in labels
    ]
    return Section(_("Deals last week"), lines)


def team_quiet(person: User, at: datetime) -> Section | None:
    if not person.may("deals.view"):
        return None
    team = team_of(person)
    rows = (
        Deal.objects.open()
        .filter(is_quiet(at), owner_id__in=team)
        .select_related("account", "owner")
        .order_by("-base_amount", "-pk")[:MOST]
    )
    lines = [(f"{_named(deal)} ({deal.owner})", deal.get_absolute_url()) for deal in rows]
    return _section(_("Deals gone quiet"), lines, reverse("deals:list") + "?quiet=1")


def team_absences(person: User, at: datetime) -> Section | None:
    first = day_there(at, person.time_zone)
    last = first + timedelta(days=6 - first.weekday())
    rows = (
        Absence.objects.filter(person_id__in=team_of(person), starts_on__lte=last, ends_on__gte=first)
        .select_related("person", "substitute")
        .order_by("starts_on", "pk")[:MOST]
    )
    lines = [(_absent(row), reverse("activities:absences")) for row in rows]
    return _section(_("Absent this week"), lines)


def team_of(person: User) -> dict[int, User]:
    """Everybody in the departments the person leads and below them, but for the person."""
    below = Q(pk__in=[])
    for path in Department.objects.filter(head=person).values_list("path", flat=True):
        below |= Q(department__path__startswith=path)
    return User.objects.active().filter(below).exclude(pk=person.pk).in_bulk()


def register() -> None:
    for kind, key, order, build in (
        (MORNING, "overdue", 10, overdue),
        (MORNING, "today", 20, today),
        (MORNING, "without_next_step", 50, without_next_step),
        (MONDAY, "flow", 10, team_flow),
        (MONDAY, "overdue", 20, team_overdue),
        (MONDAY, "quiet", 30, team_quiet),
        (MONDAY, "absences", 40, team_absences),
    ):
        register_section(DigestSection(kind, key, order, build))


def _section(title: str, lines: list[tuple[str, str]], more_url: str = "") -> Section | None:
    return Section(title, limited(lines, more_url)) if lines else None


def _line(task: Task, person: User, at: datetime, today: date) -> str:
    if task.due_at is not None:
        return f"{task.title}: {moment_text(task.due_at, person.time_zone, at)}"
    return f"{task.title}: {day_text(task.due_on, today)}" if task.due_on else task.title


def _task_url(task: Task) -> str:
    return reverse("activities:task", args=[task.pk])


def _named(deal: Deal) -> str:
    parts = [deal.title]
    if deal.amount is not None:
        parts.append(money_text(deal.amount, deal.currency, get_language() or "en"))
    return ", ".join(parts)


def _flow(team: list[int], monday: date) -> dict[str, tuple[int, Decimal]]:
    week = (monday, monday + timedelta(days=6))
    deals = Deal.objects.filter(owner_id__in=team).order_by()
    sets = {
        "opened": deals.filter(opened_on__range=week),
        "won": deals.won().filter(closed_on__range=week),
        "lost": deals.lost().filter(closed_on__range=week),
    }
    return {
        key: (found["n"], found["worth"] or Decimal(0))
        for key, rows in sets.items()
        for found in [rows.aggregate(n=Count("pk"), worth=Sum("base_amount"))]
    }


def _worth(n: int, worth: Decimal) -> str:
    return f"{n} ({money_text(worth, settings.BASE_CURRENCY, get_language() or 'en')})"


def _absent(row: Any) -> str:
    days = [date_format(day, "SHORT_DATE_FORMAT") for day in (row.starts_on, row.ends_on)]
    words = {
        "name": row.person.name,
        "kind": row.get_kind_display(),
        "days": days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}",
        "substitute": str(row.substitute or ""),
    }
    if row.substitute:
        return _("%(name)s: %(kind)s, %(days)s; %(substitute)s stands in") % words
    return _("%(name)s: %(kind)s, %(days)s") % words
