"""How the views of meetings find, warn and answer."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from activities.free_busy import warnings
from activities.models import Meeting, Occurrence
from activities.queries.moments import may_change
from deals.views.answers import way_back
from foundation.errors import Forbidden
from foundation.gate import find
from users.models import User

WITH = ("owner", "author", "room", "account", "contact", "deal")


def found_meeting(request: HttpRequest, pk: int, *, to_change: bool = False) -> Meeting:
    """404 where it is not seen; 403 where somebody else organises it."""
    meeting: Meeting = find(
        Meeting.objects.select_related(*WITH).prefetch_related("participants"), request, pk
    )
    if to_change and not may_change(request.user, meeting):
        raise Forbidden("activities.change")
    return meeting


def found_row(request: HttpRequest, meeting: Meeting) -> Occurrence:
    """The time of it that the address names; else the next to come, else the last."""
    said = request.POST.get("occurrence") or request.GET.get("occurrence") or ""
    rows = meeting.occurrences.select_related("room")  # type: ignore[attr-defined]
    if said.isascii() and said.isdigit() and len(said) < 19:
        row = rows.filter(pk=int(said)).first()
        if row is None:
            raise Http404
        return row  # type: ignore[no-any-return]
    from django.utils import timezone

    to_come = rows.filter(is_cancelled=False, ends_at__gt=timezone.now()).order_by("starts_at", "pk").first()
    found = to_come or rows.order_by("-starts_at", "-pk").first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def spoken_against(
    request: HttpRequest, spans: Any, people: Any, *, without: int | None = None, is_all_day: bool = False
) -> list[str]:
    """Conflicts the person has not seen yet; none once they said “anyway”."""
    if request.POST.get("anyway") or request.GET.get("anyway"):
        return []
    people = list({person.pk: person for person in people}.values())
    return warnings(people, spans, reader=request.user, without=without, is_all_day=is_all_day)


def people_of(meeting: Meeting) -> list[Any]:
    """The organiser and the colleagues invited who have not declined."""
    keys = [each.person_id for each in meeting.participants.all() if each.person_id and each.answer != "no"]
    return [meeting.owner, *User.objects.filter(pk__in=keys)]


def meeting_form(
    request: HttpRequest, form: Any, *, template: str, status: int | None = None, **context: Any
) -> HttpResponse:
    """A form on a page of its own, which a dialog can show too; 422 where it was refused or should be thought over."""
    if status is None:
        refused = form.errors or context.get("conflicts")
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    said = {"form": form, "next": way_back(request, ""), **context}
    return render(request, template, said, status=status)
