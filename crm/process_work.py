"""What processes wait for, in my day and in the planner: these know no processes, and processes know neither."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.load import Expected, LoadSource, OfRole, register_source
from activities.my_day import MOST, Action, Item, Section, register_section
from activities.queries.my_day import Day
from foundation.clock import company_day
from processes.models import WorkItem
from processes.queries import arriving
from processes.queries.subjects import way_to
from processes.querysets import is_seen

FIELDS = (
    "pk", "name", "kind", "due_at", "role", "assignee", "subject_kind", "subject_id", "run__title",
    "run__process__name",
)  # fmt: skip


def waiting(person: Any, at: datetime) -> Any:
    """What a process has given to the person, or to a role of theirs."""
    return WorkItem.objects.for_person(person)


def items(person: Any, at: datetime) -> list[Item]:
    """Late first, in one statement."""
    day = Day(person, at)
    rows = waiting(person, at).annotate(is_seen=is_seen(person)).values(*FIELDS, "is_seen")
    return [_item(row, day) for row in rows[: MOST + 1]]


def register() -> None:
    register_section(
        Section(
            "processes",
            gettext_lazy("Waiting for me in processes"),
            35,
            items,
            gate="processes.work",
            rows=waiting,
            all_url=lambda person: reverse("processes:my_work"),
            icon="git-branch",
        )
    )
    register_source(LoadSource("processes", gettext_lazy("Processes"), loads, lines))


def loads(people: Sequence[int], since: date, until: date) -> list[Expected | OfRole]:
    """For the planner: work of processes that waits, and what is expected; a step is taken to last the usual time."""
    found: list[Expected | OfRole] = []
    usual = settings.DEFAULT_TASK_MINUTES
    for each in arriving.sums(people, since, until, company_day(timezone.now())):
        minutes = each.pieces * usual
        if each.person is None:
            found.append(OfRole(each.role, each.day, minutes, each.is_expected))
        else:
            found.append(Expected(each.person, each.day, minutes, is_expected=each.is_expected))
    return found


def lines(person: int, since: date, until: date, reader: Any) -> list[Expected]:
    return [
        Expected(person, each.day, settings.DEFAULT_TASK_MINUTES, each.title, each.url, each.is_expected, each.why)
        for each in arriving.lines(person, since, until, company_day(timezone.now()), reader)
    ]  # fmt: skip


def _item(row: dict[str, Any], day: Day) -> Item:
    url = f"{reverse('processes:work', args=[row['pk']])}?next={reverse('activities:my_day')}"
    is_approval = row["kind"] == "approval"
    text = _("%(process)s, for anybody of the role") if row["assignee"] is None else _("%(process)s")
    return Item(
        key=f"work-{row['pk']}",
        title=row["name"],
        url=url,
        reason=text % {"process": row["run__process__name"]},
        due=day.moment(row["due_at"]) if row["due_at"] else "",
        is_late=row["due_at"] is not None and row["due_at"] <= day.at,
        icon="thumb-up" if is_approval else "checkbox",
        kind=_("approval") if is_approval else _("step of a process"),
        about=row["run__title"],
        about_url=way_to(row["subject_kind"], row["subject_id"]) if row["is_seen"] else "",
        actions=(Action("done", _("Decide") if is_approval else _("Open"), url, "arrow-right", "link"),),
    )
