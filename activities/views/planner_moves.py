"""Moving work: looked at before it is done, done at once, and taken back."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from activities.forms.planner import PlannerMoveForm
from activities.models import Task
from activities.queries.planner_draft import day_of, read_draft
from activities.queries.planner_effects import effects
from activities.replanning import MOST, Before, Move, read_moves, replan, take_back
from activities.views.planner import KEPT, asked, kept, number, planner_url
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.gate import find, gate
from foundation.once import once

SALT, UNDONE_WITHIN = "planner", 24 * 3600


@require_GET
@gate("activities.plan")
def planner_preview(request: HttpRequest) -> HttpResponse:
    """“Move to…”: whom and when, and what that changes. Nothing is saved by looking."""
    now = timezone.now()
    today = company_day(now)
    task = find(Task.objects.select_related("owner"), request, number(request.GET.get("task", "")))
    said, first = _chosen(request, today), {"owner": task.owner_id, "day": day_of(task)}
    form = PlannerMoveForm(said, task=task, person=request.user, today=today, initial=first)
    others = [move for move in read_moves(request.GET.getlist("move")) if move.task != task.pk]
    context: dict[str, Any] = {
        "form": form,
        "task": task,
        "kept": kept(request),
        "planner": planner_url(request),
    }
    status = HTTPStatus.OK
    if said is not None and form.is_valid():
        move = _move(form, task)
        draft = read_draft([move] if move else [], request.user, today, now)
        context |= {
            "move": move,
            "draft": draft,
            "effects": effects(draft, asked(request)),
            "others": [other.said() for other in others],
            "to_draft": planner_url(
                request, draft="1", move=[each.said() for each in [*others, move] if each]
            ),
            "is_full": len(others) >= MOST,
        }
    elif said is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "activities/planner_move.html", context, status=status)


@require_POST
@gate("activities.plan")
def planner_apply(request: HttpRequest) -> HttpResponse:
    """Carry the moves out, all or none."""
    moves = read_moves(request.POST.getlist("apply"))
    if not moves:
        raise Refused(_("There is nothing to move."))
    there = _back(request)
    with once(request) as sent:
        if not sent.already:
            done = replan(moves, by=request.user, at=timezone.now())
            sent.url = there
            text = ngettext("%(n)d task moved", "%(n)d tasks moved", len(done)) % {"n": len(done)}
            messages.success(request, text, extra_tags=f"undo:{_undo_url(request, done)}")
    return redirect(sent.url)


@require_POST
@gate("activities.plan")
def planner_undo(request: HttpRequest) -> HttpResponse:
    """Behind the toast: everything that was moved together goes back together."""
    try:
        person, rows = signing.loads(request.GET.get("moved", ""), salt=SALT, max_age=UNDONE_WITHIN)
    except signing.BadSignature as damaged:
        raise Refused(_("There is no move to take back.")) from damaged
    if person != request.user.pk:
        raise Refused(_("There is no move to take back."))
    done = [Before(task, owner, _day(on), _moment(at), version) for task, owner, on, at, version in rows]
    take_back(done, by=request.user, at=timezone.now())
    messages.success(
        request, ngettext("%(n)d task is back", "%(n)d tasks are back", len(done)) % {"n": len(done)}
    )
    return redirect("activities:planner")


def _chosen(request: HttpRequest, today: date) -> QueryDict | None:
    """What the form was sent with; a drop says only the cell it fell on. None where it is only opened."""
    cell = request.GET.get("c", "")
    person, _dot, part = cell.partition(".")
    if "owner" not in request.GET and not cell:
        return None
    said = request.GET.copy()
    if cell:
        said["owner"] = person
        is_day = part.isdecimal() and 0 < int(part[:8]) <= date.max.toordinal()
        said["day"] = date.fromordinal(int(part[:8])).isoformat() if is_day else ""
    return said


def _move(form: PlannerMoveForm, task: Task) -> Move | None:
    """None where nothing would change."""
    owner, day = form.cleaned_data["owner"], form.cleaned_data["day"]
    whom = owner.pk if owner.pk != task.owner_id else 0
    when = day if day != day_of(task) else None
    return Move(task.pk, whom, when, task.version) if whom or when else None


def _back(request: HttpRequest) -> str:
    """The planner as it was, without the moves now made."""
    said = QueryDict(mutable=True)
    made = {move.task for move in read_moves(request.POST.getlist("apply"))}
    for name in KEPT:
        said.setlist(name, [value for value in request.POST.getlist(name) if value])
    said.setlist("move", [move.said() for move in read_moves(said.getlist("move")) if move.task not in made])
    if not said.getlist("move"):
        said.pop("draft", None)
    asks = said.urlencode()
    return reverse("activities:planner") + (f"?{asks}" if asks else "")


def _undo_url(request: HttpRequest, done: list[Before]) -> str:
    rows = [
        (each.task, each.owner, each.due_on and each.due_on.isoformat(), each.due_at and each.due_at.isoformat(),
         each.version)
        for each in done
    ]  # fmt: skip
    moved = signing.dumps([request.user.pk, rows], salt=SALT, compress=True)
    return f"{reverse('activities:planner_undo')}?moved={moved}"


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
