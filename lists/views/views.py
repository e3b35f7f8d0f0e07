from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import Forbidden
from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into
from lists import operations
from lists.arranging import VIEW, Arrangement
from lists.forms import ViewForm
from lists.models import SavedView
from lists.reading import setting_of, view_of, views_of
from lists.registry import registered
from lists.views.answers import asked_list, query_of, way_back


@gate.signed_in
def views(request: Request) -> HttpResponse:
    """The views of a list this person may use: which are tabs, in which order; rename, share and remove one's own."""
    record_list = asked_list(request)
    back = way_back(request, record_list)
    if request.method == "POST":
        key = request.POST.get("pk", "")
        if key.isascii() and key.isdigit() and len(key) < 19:
            operations.pin_view(request.user, record_list.key, int(key), how=request.POST.get("how", ""))
        return redirect(f"{reverse('lists:views')}?{_door(record_list.key, back)}")
    known, pins = views_of(request.user, record_list.key), setting_of(request.user, record_list.key).pins
    order = [view.pk for view in known] if pins is None else list(pins)
    known.sort(key=lambda view: order.index(view.pk) if view.pk in order else len(order))
    context = {
        "list": record_list,
        "next": back,
        "rows": [(view, view.pk in order, _may_change(view, request.user)) for view in known],
    }
    return render(request, "lists/views.html", context)


@gate.signed_in
def view_create(request: Request) -> HttpResponse:
    """Keep what is shown under a name."""
    record_list = asked_list(request)
    back = way_back(request, record_list)
    asked = Arrangement(record_list, request.user, query_of(back), back.partition("?")[0])
    form = ViewForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data.get("usual_for")
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            with refused_into(form):
                view = operations.save_view(asked, form.kept(), roles, by=request.user, at=timezone.now())
                sent.url = f"{asked.here}?{VIEW}={view.pk}"
        if form.is_valid():
            messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
            return redirect(sent.url)
    return _form(
        request, form, record_list, back, title=_("Save as a view"), action=reverse("lists:view_create")
    )


@gate.signed_in
def view_change(request: Request, pk: int) -> HttpResponse:
    """Rename a view, share it, or let roles see it first."""
    view = _own(request, pk)
    record_list = registered(view.list)
    back = way_back(request, record_list)
    form = ViewForm(request.POST or None, instance=view, person=request.user)
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data.get("usual_for")
        with refused_into(form):
            operations.change_view(view, form.kept(), roles, by=request.user, at=timezone.now())
        if form.is_valid():
            messages.success(request, _("Saved: %(title)s") % {"title": view.name})
            return redirect(back)
    title = _("Change “%(title)s”") % {"title": view.name}
    return _form(
        request, form, record_list, back, title=title, action=reverse("lists:view_change", args=[pk])
    )


@require_POST
@gate.signed_in
def view_keep(request: Request, pk: int) -> HttpResponse:
    """Save: the view is from now on what is shown."""
    view = _own(request, pk)
    record_list = registered(view.list)
    back = way_back(request, record_list)
    asked = Arrangement(record_list, request.user, query_of(back), back.partition("?")[0])
    view.change(operations.shown_now(asked), by=request.user, at=timezone.now())
    messages.success(request, _("Saved: %(title)s") % {"title": view.name})
    return redirect(f"{asked.here}?{VIEW}={view.pk}")


@require_POST
@gate.signed_in
def view_remove(request: Request, pk: int) -> HttpResponse:
    view = _own(request, pk)
    view.remove(by=request.user, at=timezone.now())
    undo = reverse("lists:view_restore", args=[view.pk])
    messages.success(request, _("“%(name)s” is removed.") % {"name": view.name}, extra_tags=f"undo:{undo}")
    return redirect(registered(view.list).url)


@require_POST
@gate.signed_in
def view_restore(request: Request, pk: int) -> HttpResponse:
    """Behind the toast of a removed view."""
    view = _own(request, pk, is_removed=True)
    view.restore(by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” is back.") % {"name": view.name})
    return redirect(f"{registered(view.list).url}?{VIEW}={view.pk}")


def _own(request: Request, pk: int, *, is_removed: bool = False) -> SavedView:
    """A view this person may change: 404 for one they cannot use, 403 for somebody else's."""
    view = SavedView.objects.filter(pk=pk, removed_at__isnull=not is_removed).first()
    if view is None:
        raise Http404
    mine = view.may_be_changed_by(request.user)
    if not mine and view_of(request.user, view.list, str(pk)) is None:
        raise Http404
    if not mine:
        raise Forbidden("admin.configure")
    return view


def _may_change(view: Any, person: Any) -> bool:
    return bool(view.owner_id == person.pk or person.may("admin.configure"))


def _form(
    request: Request, form: ViewForm, record_list: Any, back: str, *, title: str, action: str
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "form_title": title, "list": record_list, "next": back, "action": action}
    return render(request, "lists/view_form.html", context, status=status)


def _door(key: str, back: str) -> str:
    return urlencode({"list": key, "next": back})
