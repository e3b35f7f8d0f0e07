from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.forms.meetings import AnswerForm
from activities.forms.tasks import FinishForm
from activities.holding import hold_meeting
from activities.queries import meetings as queries
from activities.queries.moments import sentence, when_text
from activities.views.meeting_answers import found_meeting, found_row, meeting_form
from deals.views.answers import tried, way_back
from foundation.gate import gate


@gate("activities.view")
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting, at one of its times."""
    found = found_meeting(request, pk)
    row = found_row(request, found)
    return render(
        request, "activities/meeting.html", queries.page_of(found, row, request.user, timezone.now())
    )


@gate("activities.change")
def meeting_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """It took place: what came of it, and the next step in the same form."""
    found = found_meeting(request, pk, to_change=True)
    row = found_row(request, found)
    form = FinishForm(request.POST or None, person=request.user, suggestion=None, must_say=found.deal_id is not None,
                      initial={"outcome": row.outcome})  # fmt: skip
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(form, lambda: hold_meeting(
            found, row, outcome=said["outcome"], next_step=form.next_step(), by=request.user, at=timezone.now()
        ))  # fmt: skip
        if status == HTTPStatus.OK:
            messages.success(request, _("Held: %(title)s") % {"title": found.title})
            return redirect(way_back(request, f"{found.get_absolute_url()}?occurrence={row.pk}"))
    when = when_text(row.starts_at, row.ends_at, zone=found.time_zone, is_all_day=found.is_all_day,
                     today=timezone.localdate())  # fmt: skip
    title = _("What came of “%(title)s”?") % {"title": found.title}
    return meeting_form(request, form, template="activities/meeting_hold.html", status=status, meeting=found,
                        row=row, when=sentence(when), form_title=title)  # fmt: skip


@require_POST
@gate("activities.view")
def meeting_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague says whether they come."""
    found = found_meeting(request, pk)
    mine = get_object_or_404(found.participants, person=request.user)  # type: ignore[attr-defined]
    form = AnswerForm(request.POST)
    if form.is_valid():
        status = tried(form, lambda: found.answer(
            mine, form.cleaned_data["answer"], by=request.user, at=timezone.now()
        ))  # fmt: skip
        if status == HTTPStatus.OK:
            messages.success(request, _("Answered: %(title)s") % {"title": found.title})
            return redirect(way_back(request, found.get_absolute_url()))
    refusal = " ".join(map(str, form.non_field_errors())) or _("Say whether you come.")
    messages.error(request, refusal)
    return redirect(found.get_absolute_url())
