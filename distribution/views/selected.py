"""Deals selected on their list, distributed by the rules: first who would get them, then it is done."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changes.bulk import selecting
from deals.bulk_edit import DEALS
from distribution import giving, queries
from distribution.models import Record
from distribution.rights import RUN
from distribution.views.queue import tell_done
from foundation.gate import Request, gate
from foundation.once import once


@gate(RUN)
def selected(request: Request) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    chosen = selecting.selection_of(DEALS, request.user, said.get("selection", ""))
    found = (
        selecting.selected(DEALS, chosen, request.user).order_by("opened_at", "pk").values_list("pk", "title")
    )
    deals = list(found[: giving.MOST + 1])
    if request.method == "POST":
        with once(request) as sent:
            if not sent.already:
                now = timezone.now()
                made = giving.give_many(Record.DEAL, deals, by=request.user, at=now)
                chosen.clear(by=request.user, at=now)
                tell_done(request, made)
                sent.url = made.get_absolute_url()
        return redirect(sent.url)
    keys = [pk for pk, _title in deals[: queries.TRIED]]
    rows = queries.trial(Record.DEAL, request.user, at=timezone.now(), keys=keys)
    context = {"rows": rows, "total": len(deals), "selection": chosen, "is_all": len(deals) <= len(keys)}
    return render(request, "distribution/selected.html", context, status=HTTPStatus.OK)
