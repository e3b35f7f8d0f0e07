"""Correspondence kept on the card, whichever way it went."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities import calling
from activities.forms.records import MessageForm
from activities.models import Message
from activities.queries.records import record_page
from activities.views.record_answers import about_of, asked, back, done_once, logged
from foundation.gate import Request, find, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate("activities.create")
def message_log(request: Request) -> HttpResponse:
    about = about_of(request)
    form = MessageForm(request.POST or None, about=about, person=request.user, auto_id="record_%s")
    if request.method == "POST" and form.is_valid():
        message, url = done_once(
            request,
            form,
            lambda: calling.keep_message(
                **form.said(), **form.links(), at=form.cleaned_data["at"], next_step=form.next_step(),
                despite=form.bypassed(), by=request.user, now=timezone.now(),
            ),
        )  # fmt: skip
        if url:
            return (
                logged(request, message, _("Message kept."), record_url=url)
                if message
                else back(request, url)
            )
    return asked(request, form, "message", title=_("Keep a message"), button=_("Keep the message"))


@require_safe
@gate("activities.view")
def message(request: Request, pk: int) -> HttpResponse:
    record = find(Message.objects.select_related("account", "contact", "deal", "author"), request, pk)
    return render(request, "activities/record.html", record_page("message", record, request.user))
