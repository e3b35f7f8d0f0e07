from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.forms.meetings import CancelForm, MeetingForm, MoveForm, values_of, when_values
from activities.inviting import change_meeting
from activities.models import Meeting
from activities.queries.moments import sentence, when_text
from activities.views.meeting_answers import found_meeting, found_row, meeting_form, people_of, spoken_against
from activities.views.meeting_create import TEMPLATE, spans_of
from deals.views.answers import tried, way_back
from foundation.gate import gate
from foundation.refusals import refused_into


@gate("activities.change")
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it; of a series one time, that and those following, or all."""
    meeting = found_meeting(request, pk, to_change=True)
    row = found_row(request, meeting)
    form = MeetingForm(
        request.POST or None, person=request.user, meeting=meeting, initial=values_of(meeting, row)
    )
    status, conflicts = None, []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        spans = spans_of(form) if said.get("scope", "all") != "this" else [form.span()]
        conflicts = spoken_against(request, spans, [meeting.owner, *said["people"]], without=meeting.pk,
                                   is_all_day=said["is_all_day"])  # fmt: skip
        if not conflicts:
            kept: list[Meeting] = []
            status = tried(form, lambda: kept.append(_change(meeting, row, form, by=request.user)))
            if status == HTTPStatus.OK:
                messages.success(request, _("Saved: %(title)s") % {"title": kept[0].title})
                return redirect(way_back(request, kept[0].get_absolute_url()))
            if status == HTTPStatus.CONFLICT:
                form.data = _at_version(form, meeting)
    title = _("Change “%(title)s”") % {"title": meeting.title}
    return meeting_form(request, form, template=TEMPLATE, status=status, conflicts=conflicts, meeting=meeting,
                        row=row, form_title=title, button=_("Save"))  # fmt: skip


@gate("activities.change")
def meeting_move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another time: dragged (times by the person's wall clock), typed, or taken back."""
    meeting = found_meeting(request, pk, to_change=True)
    row = found_row(request, meeting)
    first = when_values(row.starts_at, row.ends_at, meeting.is_all_day, meeting.time_zone)
    first |= {"scope": "this", "occurrence": row.pk, "version": meeting.version}
    sent = (
        request.POST if "starts_on" in request.POST else request.GET if "starts_on" in request.GET else None
    )
    form = MoveForm(
        sent if request.method == "POST" else None, person=request.user, meeting=meeting, initial=first
    )
    status, conflicts = None, []
    if request.method == "POST" and form.is_valid():
        spans = [form.span()]
        conflicts = spoken_against(request, spans, people_of(meeting), without=meeting.pk,
                                   is_all_day=form.cleaned_data["is_all_day"])  # fmt: skip
        if not conflicts:
            status = _moved(request, meeting, row, form)
            if status == HTTPStatus.OK:
                return _answer_moved(request, meeting, row, first)
    return meeting_form(
        request, form, template="activities/meeting_move.html", status=status, conflicts=conflicts,
        meeting=meeting, row=row, form_title=_("Move “%(title)s”") % {"title": meeting.title},
    )  # fmt: skip


@gate("activities.change")
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = found_meeting(request, pk, to_change=True)
    row = found_row(request, meeting)
    form = CancelForm(request.POST or None, meeting=meeting, initial={"scope": "this", "occurrence": row.pk})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refused_into(form):
            meeting.cancel(
                said["reason"],
                occurrence=row,
                scope=said.get("scope") or "all",
                by=request.user,
                at=timezone.now(),
            )
        if form.is_valid():
            messages.success(request, _("Cancelled: %(title)s") % {"title": meeting.title})
            return redirect(way_back(request, reverse("activities:calendar")))
    told = sum(1 for each in meeting.participants.all() if each.is_announced and each.email)
    when = when_text(row.starts_at, row.ends_at, zone=meeting.time_zone, is_all_day=meeting.is_all_day,
                     today=timezone.localdate())  # fmt: skip
    title = _("Cancel “%(title)s”?") % {"title": meeting.title}
    return meeting_form(request, form, template="activities/meeting_cancel.html", meeting=meeting, row=row,
                        when=sentence(when), told=told, form_title=title)  # fmt: skip


def _change(meeting: Meeting, row: Any, form: MeetingForm, *, by: Any) -> Any:
    said = form.cleaned_data
    return change_meeting(
        meeting, form.changes(), despite=form.bypassed(), guests=form.guests(), announce=said["announce"],
        occurrence=row, scope=said.get("scope") or "all", by=by, at=timezone.now(), version=said["version"],
    )  # fmt: skip


def _moved(request: HttpRequest, meeting: Meeting, row: Any, form: MoveForm) -> HTTPStatus:
    said = form.cleaned_data
    return tried(form, lambda: meeting.change(
        form.changes(), occurrence=row, scope=said.get("scope") or "this", by=request.user, at=timezone.now(),
        version=said["version"],
    ))  # fmt: skip


def _answer_moved(request: HttpRequest, meeting: Meeting, row: Any, before: dict[str, Any]) -> HttpResponse:
    """With Undo, where only this time was moved and can be moved back as it was."""
    from deals.views.answers import wants_card

    undo = ""
    if row.pk and meeting.occurrences.filter(pk=row.pk).exists():  # type: ignore[attr-defined]
        row.refresh_from_db()
        said = {name: value for name, value in before.items() if name not in ("version", "is_all_day")}
        said |= {"is_all_day": "on"} if before.get("is_all_day") else {}
        undo = f"{reverse('activities:meeting_move', args=[meeting.pk])}?{urlencode({**said, 'anyway': 1})}"
    when = when_text(row.starts_at, row.ends_at, zone=meeting.time_zone, is_all_day=meeting.is_all_day,
                     today=timezone.localdate())  # fmt: skip
    text = _("“%(title)s” is now %(when)s") % {"title": meeting.title, "when": when}
    if wants_card(request):
        import json

        answer = HttpResponse()
        toast = {"text": text, "kind": "success"} | ({"undo_url": undo} if undo else {})
        answer["HX-Trigger"] = json.dumps({"toast": toast, "calendar:changed": {}})
        return answer
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return redirect(way_back(request, meeting.get_absolute_url()))


def _at_version(form: MeetingForm, meeting: Meeting) -> Any:
    """Somebody was first: what was typed is kept and can be sent over theirs."""
    form.add_error(None, _("What you typed is kept below. Save again to put it over theirs."))
    latest = form.data.copy()  # type: ignore[attr-defined]
    latest["version"] = str(Meeting.objects.values_list("version", flat=True).get(pk=meeting.pk))
    return latest
