from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.forms.absences import AbsenceForm
from activities.models import Absence
from activities.queries import absences as queries
from deals.views.answers import tried, way_back
from foundation.gate import gate
from foundation.once import once

FIELDS = ("kind", "starts_on", "ends_on", "substitute", "note")


@gate("activities.absences")
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away: one's own days, and those of the people one notes them down for."""
    is_past = request.GET.get("past") == "1"
    found = queries.rows(
        request.user, timezone.localdate(), is_past=is_past, cursor=request.GET.get("cursor")
    )
    return render(
        request, "activities/absences.html", {**found, "is_past": is_past, **_pages(found["page"], is_past)}
    )


@gate("activities.absences")
def absence_create(request: HttpRequest) -> HttpResponse:
    first = {"person": request.user.pk, "starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
    form = AbsenceForm(request.POST or None, reader=request.user, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: Absence.plan(
                person=said["person"], by=request.user, at=timezone.now(), **{name: said[name] for name in FIELDS}
            ))  # fmt: skip
            sent.url = way_back(request, reverse("activities:absences")) if status == HTTPStatus.OK else ""
        if sent.url:
            messages.success(request, _("Noted: %(name)s is away") % {"name": said["person"].name})
            return redirect(sent.url)
    return _form_page(request, form, status, title=_("Note an absence"), button=_("Note absence"))


@gate("activities.absences")
def absence_edit(request: HttpRequest, pk: int) -> HttpResponse:
    absence = _found(request, pk)
    first = {name: getattr(absence, name) for name in (*FIELDS, "person")}
    form = AbsenceForm(request.POST or None, reader=request.user, absence=absence, initial=first)
    form.fields["person"].disabled = True
    status = None
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in FIELDS}
        status = tried(form, lambda: absence.change(said, by=request.user, at=timezone.now()))
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved"))
            return redirect(way_back(request, reverse("activities:absences")))
    title = _("Absence of %(name)s") % {"name": absence.person.name}
    return _form_page(request, form, status, title=title, button=_("Save"))


@gate("activities.absences")
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    absence = _found(request, pk)
    if request.method == "POST":
        absence.remove(by=request.user, at=timezone.now())
        messages.success(request, _("Removed: %(name)s is not away then") % {"name": absence.person.name})
        return redirect("activities:absences")
    return render(request, "activities/absence_remove.html", {"absence": absence})


def _found(request: HttpRequest, pk: int) -> Any:
    """One of somebody whose absences the person notes down; otherwise there is none."""
    absence = Absence.objects.select_related("person", "substitute").filter(pk=pk).first()
    reach = request.user.reach("activities.absences")  # type: ignore[union-attr]
    if absence is None or not (
        absence.person_id == request.user.pk or reach.covers_person(absence.person_id)
    ):
        raise Http404
    return absence


def _form_page(request: HttpRequest, form: AbsenceForm, status: int | None, **words: str) -> HttpResponse:
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    said = {"form": form, "next": way_back(request, ""), **words}
    return render(request, "activities/absence_form.html", said, status=status)


def _pages(page: Any, is_past: bool) -> dict[str, Any]:
    past = "past=1&" if is_past else ""
    return {
        "pages": {
            "previous": f"{past}cursor={page.previous}" if page.previous else "",
            "next": f"{past}cursor={page.next}" if page.next else "",
        }
    }
