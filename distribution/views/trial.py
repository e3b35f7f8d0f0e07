"""Who would get the last leads and deals, or a chosen one, if it came now. Changes nothing."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from distribution import queries
from distribution.forms import TrialForm
from distribution.models import Record
from distribution.rights import RUN
from distribution.views.queue import record_said
from foundation.gate import Request, gate


@gate(RUN)
def trial(request: Request) -> HttpResponse:
    record = record_said(request.GET)
    form = TrialForm(request.GET, person=request.user, record=record)
    rows = []
    if form.is_valid():
        key = form.cleaned_data["key"]
        keys = None if key is None else [key]
        rows = queries.trial(
            record, request.user, at=timezone.now(), rule=form.cleaned_data["rule"], keys=keys
        )
    context = {"form": form, "record": record, "records": Record.choices, "rows": rows}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "distribution/trial.html", context, status=status)
