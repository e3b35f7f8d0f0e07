"""What waits for a person, and one piece of it: read, filled in, answered."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from foundation.gate import Request, gate
from foundation.keyset import CappedCount, capped_count
from foundation.once import once
from foundation.refusals import refused_into
from processes import working
from processes.forms import WorkForm
from processes.models import WorkItem
from processes.queries import work_list as list_queries
from processes.queries import work_page as queries
from processes.queries.words import outcome_text
from processes.views.answers import found_work, sent_in, way_back


@require_safe
@gate("processes.work")
def my_work(request: Request) -> HttpResponse:
    now, person = timezone.now(), request.user
    found = list_queries.narrowed(person, request.GET, now)
    page = list_queries.list_page(found, person, request.GET.get("cursor"), now)
    count = capped_count(found) if page.next or page.previous else CappedCount(len(page.rows), True)
    context = {
        "page": page,
        "links": list_queries.links(request.GET, page),
        "chips": list_queries.chips(person, request.GET),
        "is_narrowed": any(request.GET.get(name) for name in ("mine", "roles", "late", "process")),
        "count_text": ngettext("%(n)s piece of work", "%(n)s pieces of work", count.n) % {"n": count.text},
    }
    return render(request, "processes/my_work.html", context)


@gate("processes.work")
def work(request: Request, pk: int) -> HttpResponse:
    """Done by POST with its outcome; sent twice, it is done once."""
    item = found_work(request, pk)
    node = queries.node_of(item)
    before = queries.values_before(item, node) if item.is_open else {}
    form = WorkForm(sent_in(request), node=node, before=before)
    status = HTTPStatus.OK
    if request.method == "POST":
        with once(request) as sent:
            if not sent.already and form.is_valid():
                with refused_into(form):
                    sent.url = _finish(request, item, form)
        if sent.url:
            return redirect(sent.url)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "next": way_back(request, ""), **queries.page_of(item, node, request.user)}
    return render(request, "processes/work.html", context, status=status)


def _finish(request: Request, item: WorkItem, form: WorkForm) -> str:
    """Done; where to go next, with a word on what follows."""
    run: Any = working.finish(
        item,
        by=request.user,
        at=timezone.now(),
        outcome=form.outcome if item.kind == "approval" else "",
        comment=form.cleaned_data["comment"],
        answers=form.answers(),
        checked=form.checked(),
    )
    said = _("%(work)s: %(outcome)s.") % {"work": item.name, "outcome": outcome_text(form.outcome)}
    messages.success(request, f"{said} {queries.what_follows(run)}".strip())
    return way_back(request, run.get_absolute_url())
