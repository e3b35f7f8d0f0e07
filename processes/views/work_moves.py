"""Work taken by one of a role, handed on to a colleague, reminded of."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import Forbidden
from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into
from processes import working
from processes.forms import DelegateForm
from processes.querysets import role_keys
from processes.repairing import REPAIR, may_repair
from processes.views.answers import done, form_page, found_work, sent_in


@require_POST
@gate("processes.work")
def take(request: Request, pk: int) -> HttpResponse:
    """Somebody of the role makes it theirs."""
    item = found_work(request, pk)
    working.take(item, by=request.user, at=timezone.now())
    return done(request, _("It is yours now: %(work)s") % {"work": item.name}, item.get_absolute_url())


@gate("processes.work")
def delegate(request: Request, pk: int) -> HttpResponse:
    """By whoever holds it, or may put the run right."""
    item = found_work(request, pk)
    if not item.is_with(request.user, role_keys(request.user)) and not may_repair(request.user, item.run):
        raise Forbidden(REPAIR)
    form = DelegateForm(sent_in(request), holder=item.assignee_id)
    if request.method == "POST" and form.is_valid():
        to, reason = form.cleaned_data["person"], form.cleaned_data["reason"]
        with once(request) as sent, refused_into(form):
            if not sent.already:
                working.delegate(item, to, by=request.user, at=timezone.now(), reason=reason)
            sent.url = item.run.get_absolute_url()
        if not form.errors:
            said = {"work": item.name, "name": to.name}
            return done(request, _("%(name)s has it now: %(work)s") % said, sent.url)
    title = _("Give “%(work)s” to somebody else") % {"work": item.name}
    return form_page(request, form, title=title, button=_("Give"), back_url=item.get_absolute_url())


@require_POST
@gate("processes.nudge")
def nudge(request: Request, pk: int) -> HttpResponse:
    """Remind whoever has it."""
    item = found_work(request, pk)
    working.nudge(item, by=request.user, at=timezone.now(), text=request.POST.get("text", ""))
    who = item.assignee.name if item.assignee else _("Everybody who can take it")
    return done(
        request,
        _("%(who)s was reminded of “%(work)s”") % {"who": who, "work": item.name},
        item.get_absolute_url(),
    )
