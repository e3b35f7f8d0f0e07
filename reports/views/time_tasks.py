"""The tasks behind a figure of “Time of tasks in each state”, the longest first."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from activities.models import Task, TaskKind, TaskState
from foundation.errors import Refused
from foundation.gate import Request, gate
from reports.built_in.time_in_states import STATES, hours_of, spent_of, stays_of
from reports.cells import days_text
from reports.parameters import DEPARTMENT, OWNER, WHEN, choice, parsed
from reports.readers import Reader

MOST = 200
PARAMETERS = [
    DEPARTMENT,
    OWNER,
    *WHEN,
    choice("state", _("State"), [("", _("All")), *((state.value, state.label) for state in STATES)]),
    choice("kind", _("Kind of task"), [("", _("All")), *TaskKind.choices]),
]


@require_safe
@gate("reports.view")
def time_tasks(request: Request) -> HttpResponse:
    reader = Reader(request.user)
    asked = {each.key: request.GET.get(each.key, "") for each in PARAMETERS}
    try:
        params = parsed(PARAMETERS, asked, reader)
    except Refused as refusal:
        context = {"refusal": refusal.message}
        return render(request, "reports/time_tasks.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, "reports/time_tasks.html", _behind(reader, params))


def _behind(reader: Reader, params: dict[str, Any]) -> dict[str, Any]:
    narrow = {"state": params.get("state"), "task__kind": params.get("kind")}
    stays, _is_whole = stays_of(reader, params, **{name: value for name, value in narrow.items() if value})
    spent: dict[int, timedelta] = {}
    for stay, hours in zip(stays, spent_of(stays, params), strict=True):
        spent[stay.task_id] = spent.get(stay.task_id, timedelta()) + hours
    longest = sorted(spent, key=lambda key: (-spent[key], key))[:MOST]
    tasks = Task.objects.visible_to(reader.user).select_related("owner", "account").in_bulk(longest)
    return {
        "rows": [
            {
                "task": tasks[key],
                "hours": days_text(hours_of(spent[key])),
                "state": TaskState(tasks[key].state).label,
            }
            for key in longest
            if key in tasks
        ],
        "has_more": len(spent) > MOST,
    }
