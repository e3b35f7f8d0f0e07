"""What nobody has, with why, and distributing it on demand."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from changes.models import ChangeSet
from distribution import giving, queries
from distribution.forms import GiveForm
from distribution.models import Record
from distribution.rights import RUN
from foundation.gate import Request, gate
from foundation.once import once


@gate(RUN)
def queue(request: Request) -> HttpResponse:
    return _page(request, record_said(request.GET))


@require_POST
@gate(RUN)
def give(request: Request) -> HttpResponse:
    """Distribute what was ticked, or everything that nobody has."""
    form = GiveForm(request.POST)
    if not form.is_valid():
        return _page(request, record_said(request.POST), form)
    said = form.cleaned_data
    with once(request) as sent:
        if not sent.already:
            keys = None if said["everything"] else said["keys"]
            rows = queries.titled(said["record"], keys, giving.MOST)
            made = giving.give_many(said["record"], rows, by=request.user, at=timezone.now())
            tell_done(request, made)
            sent.url = f"{reverse('distribution:queue')}?record={said['record']}"
    return redirect(sent.url)


def record_said(said: Any) -> str:
    record: str = said.get("record", "")
    return record if record in Record.values else str(Record.LEAD)


def tell_done(request: Request, made: ChangeSet) -> None:
    if not made.is_finished:
        messages.info(request, _("A worker is distributing them. You can leave this page."))
        return
    left = made.skipped
    text = ngettext("%(n)d record given", "%(n)d records given", made.done) % {"n": made.done}
    if left:
        text += ". " + ngettext("%(n)d left as it was", "%(n)d left as they were", left) % {"n": left}
    undo = reverse("changes:undo", args=[made.pk])
    messages.success(request, text, extra_tags=f"undo:{undo}" if made.done else "")


def _page(request: Request, record: str, form: GiveForm | None = None) -> HttpResponse:
    context = {
        "record": record,
        "records": Record.choices,
        "queue": queries.queue(record, request.user),
        "form": form,
        "may_configure": request.user.may("admin.configure"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "distribution/queue.html", context, status=status)
