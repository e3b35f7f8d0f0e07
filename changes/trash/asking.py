"""Putting one record into the trash from its page: the question with what goes along, and the answer."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from changes.trash.dependants import described, gathered
from changes.trash.kinds import kind_of_model
from changes.trash.verbs import LONGEST_REASON, put_in_trash
from foundation.gate import Request
from foundation.once import once
from foundation.refusals import refused_into


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Shown in the trash and in the history. May stay empty."),
    )


def ask_or_put(request: Request, record: Any, *, back: str, after: str) -> HttpResponse:
    """For a room's view: `back` is where Cancel leads, `after` where the person goes when it is done."""
    kind = kind_of_model(type(record))
    assert kind is not None
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                with refused_into(form):
                    reason = form.cleaned_data["reason"]
                    entry = put_in_trash(record, by=request.user, at=timezone.now(), reason=reason)
                    undo = reverse("changes:trash_restore", args=[entry.pk])
                    text = _("“%(title)s” is in the trash.") % {"title": entry.title}
                    messages.success(request, text, extra_tags=f"undo:{undo}")
                    sent.url = after
        if sent.url:
            return redirect(sent.url)
    context = {
        "form": form,
        "record": record,
        "kind": kind.words(1),
        "along": described(kind, record.pk, gathered(kind.model, [record.pk])),
        "back": back,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "changes/put_in_trash.html", context, status=status)
