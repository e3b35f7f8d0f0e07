from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities import estimates, operations
from activities.forms.about import AboutForm
from activities.forms.tasks import NewTaskForm
from activities.models import Task, TaskTemplate
from activities.queries.task_forms import first_values, templates_offered
from activities.views.task_answers import form_page, sent_in, undo_url
from deals.forms import clients_like
from deals.views.answers import tried, way_back
from foundation.gate import Request, gate
from foundation.once import once


@gate("activities.create")
def task_create(request: Request) -> HttpResponse:
    """A new task. What it is about, who does it and when may come with the address. Sent twice, it is planned once."""
    first = first_values(request.GET, request.user)
    form = NewTaskForm(sent_in(request), person=request.user, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            planned: list[Task] = []
            status = tried(form, lambda: planned.append(_plan(form, request.user)))
            sent.url = way_back(request, planned[0].get_absolute_url()) if planned else ""
        if planned:
            text = _("Planned: %(title)s") % {"title": planned[0].title}
            messages.success(request, text, extra_tags=f"undo:{undo_url(planned[0], 'plan')}")
            return redirect(sent.url)
    return form_page(
        request,
        form,
        title=_("New task"),
        button=_("Plan"),
        status=status,
        template="activities/task_form.html",
        templates=templates_offered(request.GET),
        draft="new",
    )


@require_safe
@gate("activities.create")
def task_clients(request: Request) -> HttpResponse:
    """Clients like the letters typed, as choices of the form."""
    query = request.GET.get("client", "").replace("\x00", "").strip()
    found = clients_like(request.user, query) if query else []
    return render(request, "activities/task_about.html#choices", {"offered": found, "query": query})


@require_safe
@gate("activities.create")
def task_about(request: Request) -> HttpResponse:
    """The contacts and the open deals of the client that was chosen."""
    form = AboutForm(person=request.user, initial={"account": request.GET.get("account", "")})
    return render(request, "activities/task_about.html#linked", {"form": form})


@require_safe
@gate("activities.create")
def task_estimate(request: Request) -> HttpResponse:
    """How the estimate typed is understood."""
    try:
        context = {"echo": estimates.in_words(estimates.parsed(request.GET.get("estimate", "")[:40]))}
    except ValueError as trouble:
        context = {"trouble": str(trouble)}
    return render(request, "activities/task_when.html#echo", context)


def _plan(form: NewTaskForm, person: Any) -> Task:
    said = form.cleaned_data
    template = TaskTemplate.objects.filter(pk=said["template"]).first() if said["template"] else None
    parent = Task.objects.visible_to(person).filter(pk=said["parent"]).first() if said["parent"] else None
    return operations.plan_task(
        **form.changes(),
        owner=said.get("owner") or person,
        checklist=form.lines(),
        template=template,
        parent=parent,
        reminders=form.minutes(),
        despite=form.bypassed(),
        by=person,
        at=timezone.now(),
    )
