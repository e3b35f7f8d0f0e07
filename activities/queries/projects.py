"""Projects: the list, and the page of one with what its tasks took of the budget."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities import estimates
from activities.models import Project, Task, TaskPassage, TaskState
from activities.project_time import Stretch, Worked, summed
from activities.queries.due_marks import due_mark
from activities.queries.task_page import shown_timeline
from foundation.keyset import Page, keyset_page
from foundation.money import money_text
from foundation.working_time import hours_text
from users.calendars import calendars_of
from users.models import User

SIZE = 50
MOST_STRETCHES = 5_000
OPEN, CLOSED = ("-opened_at", "-pk"), ("-closed_at", "-pk")
TASK_FIELDS = ("pk", "title", "state", "due_on", "due_at", "due_by", "closed_at", "estimate", "owner__name")


class Share(NamedTuple):
    """How much of a budget of hours is used; `percent` is None without a budget."""

    text: str
    percent: int | None
    is_over: bool


def list_page(person: Any, *, is_closed: bool, cursor: str | None) -> Page:
    """Projects the person sees, the newest first. Two statements: the rows, and the tasks of those rows."""
    visible = Project.objects.visible_to(person).filter(closed_at__isnull=not is_closed)
    order = CLOSED if is_closed else OPEN
    page = keyset_page(visible.select_related("owner", "account"), order=order, cursor=cursor, size=SIZE)
    keys = [project.pk for project in page.rows]
    counted = {
        row["project_id"]: row
        for row in Task.objects.filter(project__in=keys)
        .order_by()
        .values("project_id")
        .annotate(
            open=Count("pk", filter=Q(closed_at=None)), done=Count("pk", filter=Q(state=TaskState.DONE))
        )
    }
    none = {"open": 0, "done": 0}
    return page._replace(
        rows=[
            {
                "project": each,
                **counted.get(each.pk, none),
                "hours": estimates.in_words(each.budget_minutes),
                "money": _money(each),
                "sees_client": each.account is not None and person.reaches(each.account, "accounts.view"),
            }
            for each in page.rows
        ]
    )


def page_of(project: Project, person: Any, *, is_done: bool, cursor: str | None) -> dict[str, Any]:
    """The page of a project. Sums are of all its tasks; the rows are those the person sees."""
    now = timezone.now()
    counts = _counts(project)
    worked = time_in_work(project, now)
    return {
        "project": project,
        "counts": counts,
        "estimated": share(timedelta(minutes=counts["estimated"] or 0), project.budget_minutes),
        "worked": share(worked.total, project.budget_minutes, is_whole=worked.is_whole),
        "is_whole": worked.is_whole,
        "hours": estimates.in_words(project.budget_minutes),
        "money": _money(project),
        "tasks": tasks_of(project, person, worked, now, is_done=is_done, cursor=cursor),
        "timeline": shown_timeline("project", project.pk),
        "sees": {
            name: getattr(project, name) is not None and person.reaches(getattr(project, name), right)
            for name, right in (("account", "accounts.view"), ("deal", "deals.view"))
        },
        "may": {
            "change": person.reaches(project, "activities.change"),
            "create": person.may("activities.create"),
        },
    }


def tasks_of(
    project: Project, person: Any, worked: Worked, now: datetime, *, is_done: bool, cursor: str | None
) -> Page:
    """A page of its tasks: open ones by when they are due, or the closed ones, the latest first."""
    found = Task.objects.visible_to(person).filter(project=project, closed_at__isnull=not is_done)
    order = ("-closed_at", "-pk") if is_done else ("due_by", "pk")
    page = keyset_page(found.values(*TASK_FIELDS), order=order, cursor=cursor, size=SIZE)
    return page._replace(
        rows=[
            {
                "pk": row["pk"],
                "title": row["title"],
                "owner": row["owner__name"],
                "state": TaskState(row["state"]).label,
                "due": due_mark(
                    row["due_on"], row["due_at"], row["due_by"], is_open=row["closed_at"] is None, now=now
                ),
                "estimate": estimates.in_words(row["estimate"]),
                "worked": _hours(worked.by_task[row["pk"]]) if row["pk"] in worked.by_task else "",
            }
            for row in page.rows
        ]
    )


def time_in_work(project: Project, now: datetime) -> Worked:
    """How long its tasks were in work, in working time of whoever had them; of the latest `MOST_STRETCHES`."""
    passages = TaskPassage.objects.filter(task__project=project, state=TaskState.STARTED)
    fields = ("task_id", "owner_id", "since", "until")
    found = list(passages.order_by("-since", "-pk").values_list(*fields)[: MOST_STRETCHES + 1])
    if not found:
        return Worked()
    stretches = [Stretch(*row) for row in found[:MOST_STRETCHES]]
    people = User.objects.filter(pk__in={each.owner_id for each in stretches})
    worked = summed(stretches, calendars_of(list(people)), now)
    worked.is_whole = worked.is_whole and len(found) <= MOST_STRETCHES
    return worked


def share(used: timedelta, budget: int | None, *, is_whole: bool = True) -> Share:
    """“12:30 of 40 h” as a share of the budget in whole percent, rounded down so that 100 means all of it."""
    text = _hours(used)
    if not is_whole:
        text = _("at least %(hours)s") % {"hours": text}
    if not budget:
        return Share(text, None, False)
    minutes = int(used.total_seconds() // 60)
    return Share(text, minutes * 100 // budget, minutes > budget)


def first_values(project: Project) -> dict[str, Any]:
    """A project as its form shows it."""
    minutes = project.budget_minutes
    return {
        "title": project.title,
        "owner": project.owner_id,
        "client": project.account.name if project.account else "",
        "account": project.account_id,
        "contact": project.contact_id,
        "deal": project.deal_id,
        "hours": None if minutes is None else (Decimal(minutes) / 60).quantize(Decimal("0.01")),
        "budget_amount": project.budget_amount,
        "currency": project.currency,
        "version": project.version,
    }


def _counts(project: Project) -> dict[str, Any]:
    """Of all its tasks, whoever sees them; estimates of what was cancelled are not counted."""
    counts: dict[str, Any] = project.tasks.aggregate(  # type: ignore[attr-defined]
        open=Count("pk", filter=Q(closed_at=None)),
        done=Count("pk", filter=Q(state=TaskState.DONE)),
        estimated=Sum("estimate", filter=~Q(state=TaskState.CANCELLED)),
        unestimated=Count("pk", filter=Q(closed_at=None, estimate=None)),
    )
    return counts


def _money(project: Project) -> str:
    if project.budget_amount is None:
        return ""
    return money_text(project.budget_amount, project.currency, get_language() or "en")


def _hours(duration: timedelta) -> str:
    return hours_text(timedelta(minutes=int(duration.total_seconds() // 60)))
