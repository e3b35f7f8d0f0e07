from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from foundation.gate import Request, find, gate
from foundation.refusals import refused_into
from processes import operations
from processes.forms import ReasonForm
from processes.models import Process, Status
from processes.views.answers import done, form_page, sent_in

# What is said above the form, and on its button.
WORDS = {
    Status.ON: (gettext_lazy("Resume “%(name)s”"), gettext_lazy("Resume")),
    Status.PAUSED: (gettext_lazy("Pause “%(name)s”"), gettext_lazy("Pause")),
    Status.OFF: (gettext_lazy("Switch “%(name)s” off"), gettext_lazy("Switch off")),
}
# What it means, for whoever is about to do it.
LEADS = {Status.ON: gettext_lazy("From now on it begins again whenever what begins it happens.")}
OTHERS = gettext_lazy("Nothing new begins. What is under way goes on to its end.")


@gate("processes.design")
def switch(request: Request, pk: int) -> HttpResponse:
    """On, paused or off (`to`), and why; resuming needs no reason. Runs under way go on either way."""
    process = find(Process.objects.all(), request, pk)
    to = request.POST.get("to") or request.GET.get("to") or Status.PAUSED
    if to not in (Status.ON, Status.PAUSED, Status.OFF):
        raise Refused(_("A process is running, paused or switched off."))
    form = ReasonForm(sent_in(request))
    form.fields["reason"].required = to == Status.OFF
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            said = form.cleaned_data["reason"]
            operations.switch(process, to, by=request.user, at=timezone.now(), reason=said)
        if not form.errors:
            text = f"{process.name}: {process.get_status_display()}"
            return done(request, text, process.get_absolute_url())
    title, button = WORDS[Status(to)]
    back = process.get_absolute_url()
    said_title = str(title) % {"name": process.name}
    lead = LEADS.get(Status(to), OTHERS)
    return form_page(
        request, form, title=said_title, button=str(button), back_url=back, kept=("to", to), lead=lead
    )
