"""Opening, changing, closing and reopening a project."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities.forms.projects import ProjectForm, VersionForm
from activities.models import Project
from activities.queries.projects import first_values
from activities.queries.task_forms import first_values as linked_values
from activities.views.project import found_project, where_switched_on
from activities.views.task_answers import form_page, sent_in
from deals.views.answers import tried, way_back
from foundation.gate import Request, gate
from foundation.once import once

FORM = "activities/project_form.html"
KEPT = ("owner", "account", "client", "contact", "deal")


@gate("activities.create")
@where_switched_on
def project_create(request: Request) -> HttpResponse:
    """A new project. What it is about may come with the address. Sent twice, it is opened once."""
    linked = linked_values(request.GET, request.user)
    first = {name: linked[name] for name in KEPT if name in linked} | {"currency": settings.BASE_CURRENCY}
    form = ProjectForm(sent_in(request), person=request.user, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            opened: list[Project] = []
            said = {"owner": request.user} | form.changes()
            status = tried(
                form, lambda: opened.append(Project.open(**said, by=request.user, at=timezone.now()))
            )
            sent.url = way_back(request, opened[0].get_absolute_url()) if opened else ""
        if opened:
            messages.success(request, _("Project opened: %(title)s") % {"title": opened[0].title})
            return redirect(sent.url)
    return form_page(
        request, form, title=_("New project"), button=_("Open project"), status=status, template=FORM
    )


@gate("activities.change")
@where_switched_on
def project_edit(request: Request, pk: int) -> HttpResponse:
    """Change the fields. Where somebody was first, what was typed stays and can be sent over theirs."""
    project = found_project(request, pk, "activities.change")
    form = ProjectForm(sent_in(request), person=request.user, project=project, initial=first_values(project))
    status = None
    if request.method == "POST" and form.is_valid():
        status = tried(form, lambda: _change(project, form, request))
        if status == HTTPStatus.OK:
            return _done(request, project, _("Saved: %(title)s") % {"title": project.title})
        if status == HTTPStatus.CONFLICT:
            form.add_error(None, _("What you typed is kept below. Save again to put it over theirs."))
            latest = request.POST.copy()
            latest["version"] = str(Project.objects.values_list("version", flat=True).get(pk=project.pk))
            form.data = latest
    title = _("Change “%(title)s”") % {"title": project.title}
    return form_page(
        request, form, title=title, button=_("Save"), status=status, template=FORM, project=project
    )


@gate("activities.change")
@where_switched_on
def project_close(request: Request, pk: int) -> HttpResponse:
    """Close it, after a question."""
    project = found_project(request, pk, "activities.change")
    form = VersionForm(sent_in(request), initial={"version": project.version})
    status = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = tried(form, lambda: project.close(by=request.user, at=timezone.now(), version=version))
        if status == HTTPStatus.OK:
            return _done(request, project, _("Project closed: %(title)s") % {"title": project.title})
    title = _("Close “%(title)s”?") % {"title": project.title}
    template = "activities/project_close.html"
    return form_page(
        request,
        form,
        title=title,
        button=_("Close project"),
        status=status,
        template=template,
        project=project,
    )


@gate("activities.change")
@where_switched_on
@require_POST
def project_reopen(request: Request, pk: int) -> HttpResponse:
    project = found_project(request, pk, "activities.change")
    project.reopen(by=request.user, at=timezone.now())
    return _done(request, project, _("Project reopened: %(title)s") % {"title": project.title})


def _change(project: Project, form: ProjectForm, request: Request) -> None:
    changes, version = form.changes(), form.cleaned_data["version"]
    project.change(changes, by=request.user, at=timezone.now(), version=version)


def _done(request: Request, project: Project, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(way_back(request, project.get_absolute_url()))
