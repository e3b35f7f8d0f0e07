from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from activities.forms.meetings import MeetingForm, when_values
from activities.inviting import plan_meeting
from activities.models import Meeting
from activities.series import AHEAD, Pattern, wall
from activities.views.meeting_answers import meeting_form, spoken_against
from deals.models import Deal
from deals.views.answers import tried, way_back
from foundation.gate import gate
from foundation.once import once

TEMPLATE = "activities/meeting_form.html"


@gate("activities.create")
def meeting_create(request: HttpRequest) -> HttpResponse:
    """A new meeting. What speaks against the time is said first; sent twice, it is planned once."""
    form = MeetingForm(request.POST or None, person=request.user, initial=_first_values(request))
    status, conflicts = None, list[str]()
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            people = [request.user, *form.cleaned_data["people"]]
            conflicts = spoken_against(
                request, spans_of(form), people, is_all_day=form.cleaned_data["is_all_day"]
            )
            planned: list[Meeting] = []
            if not conflicts:
                status = tried(form, lambda: planned.append(_plan(form, by=request.user)))
            sent.url = way_back(request, planned[0].get_absolute_url()) if planned else ""
        if planned:
            messages.success(request, _("Meeting planned: %(title)s") % {"title": planned[0].title})
            return redirect(sent.url)
    return meeting_form(request, form, template=TEMPLATE, status=status, conflicts=conflicts,
                        form_title=_("New meeting"), button=_("Plan meeting"))  # fmt: skip


@gate("activities.create")
def meeting_busy(request: HttpRequest) -> HttpResponse:
    """What speaks against the times in a form that is being filled in."""
    form = MeetingForm(request.GET, person=request.user)
    form.full_clean()
    said = form.cleaned_data
    is_known = not form.errors.keys() & {"starts_on", "starts_time", "ends_on", "ends_time"}
    conflicts = []
    if is_known and said.get("starts_on"):
        people = [request.user, *said.get("people", ())]
        meeting = request.GET.get("meeting", "")
        without = int(meeting) if meeting.isascii() and meeting.isdigit() and len(meeting) < 19 else None
        conflicts = spoken_against(
            request, spans_of(form), people, without=without, is_all_day=said["is_all_day"]
        )
    return render(
        request, "activities/meeting_conflicts.html", {"conflicts": conflicts, "is_known": is_known}
    )


@gate("activities.create")
def meeting_about(request: HttpRequest) -> HttpResponse:
    """The contacts and the open deals of the client that was chosen."""
    form = MeetingForm(person=request.user, initial={"account": request.GET.get("account", "")})
    return render(request, "activities/meeting_linked.html", {"form": form})


def spans_of(form: MeetingForm) -> list[tuple[datetime, datetime]]:
    """The times a form means, of a series those of a year."""
    starts, ends = form.span()
    zone = form.zone_of_days()
    pattern = Pattern(
        starts, ends, zone, form.cleaned_data["is_all_day"], form.cleaned_data.get("repeat", "")
    )
    first = wall(starts, zone).date()
    return [(slot.starts_at, slot.ends_at) for slot in pattern.slots(after=None, until=first + AHEAD)]


def _plan(form: MeetingForm, *, by: Any) -> Meeting:
    return plan_meeting(
        owner=by, guests=form.guests(), announce=form.cleaned_data["announce"], despite=form.bypassed(),
        by=by, at=timezone.now(), **form.changes(),
    )  # fmt: skip


def _first_values(request: HttpRequest) -> dict[str, Any]:
    """What the address says: about whom, and a time by the person's wall clock; else the next full hour."""
    first: dict[str, Any] = {"announce": True, "reminder": "15"}
    for name, model in (("account", Account), ("contact", Contact), ("deal", Deal)):
        said = request.GET.get(name, "")
        if said.isascii() and said.isdigit() and len(said) < 19:
            record: Any = model.objects.visible_to(request.user).filter(pk=int(said)).first()  # type: ignore[attr-defined]
            if record is not None:
                first[name] = record.pk
                account = record if name == "account" else record.account
                if account is not None:
                    first |= {"account": account.pk, "client": account.name}
                if name == "contact":
                    first["contacts"] = [record.pk]
    return first | _when(request)


def _when(request: HttpRequest) -> dict[str, Any]:
    try:
        starts = datetime.fromisoformat(request.GET.get("starts_at", ""))
        ends = datetime.fromisoformat(request.GET.get("ends_at", "") or starts.isoformat())
    except ValueError:
        hour = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return when_values(hour, hour + timedelta(hours=1), False, "")
    if request.GET.get("all_day"):
        last = max(starts.date(), (ends - timedelta(days=1)).date())
        return {"starts_on": starts.date(), "ends_on": last, "is_all_day": True}
    ends = max(ends, starts + timedelta(minutes=30))
    return {
        "starts_on": starts.date(),
        "starts_time": starts.time(),
        "ends_on": ends.date(),
        "ends_time": ends.time(),
    }
