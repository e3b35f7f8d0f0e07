import csv
import io
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from changes import queries, undoing
from changes.models import ChangeSet
from changes.trash.queries import in_trash_words
from foundation.gate import Request, find, gate

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@gate.signed_in
def page(request: Request, pk: int) -> HttpResponse:
    """What it changed, what it left out and why, and the way back. Asked again every two seconds while it runs."""
    change_set = found(request, pk)
    undone = ChangeSet.objects.select_related("by").filter(undo_of=pk).first()
    context: dict[str, Any] = {
        "change_set": change_set,
        "undone": undone,
        "at": queries.moment_text(change_set.at),
        "objection": change_set.objection_to_undo(request.user),
    }
    if getattr(request, "htmx", None) and not change_set.is_finished:
        return render(request, "changes/page.html#progress", context)
    if change_set.is_finished:
        if getattr(request, "htmx", None) and request.headers.get("HX-Target", "").endswith("progress"):
            return HttpResponse(headers={"HX-Refresh": "true"})
        context |= _results(request, change_set)
    return render(request, "changes/page.html", context)


@gate.signed_in
def failed(request: Request, pk: int) -> HttpResponse:
    """What was left out and why, as a file."""
    change_set = found(request, pk)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("Kind"), _("Key"), _("Title"), _("Why it was left out")])
    for record, key, title, reason in queries.failed_rows(change_set):
        writer.writerow([record, key, _defused(title), _defused(reason)])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="left-out-{pk}.csv"'
    return response


@require_POST
@gate.signed_in
def conflicts(request: Request, pk: int) -> HttpResponse:
    """Put back what the person ticked, over what somebody wrote since."""
    made = found(request, pk)
    choices: dict[int, list[str]] = defaultdict(list)
    for said in request.POST.getlist("field"):
        row, _colon, name = said.partition(":")
        if row.isascii() and row.isdigit() and len(row) < 19:
            choices[int(row)].append(name)
    n = undoing.resolve(made, choices, by=request.user, at=timezone.now())
    messages.success(request, ngettext("%(n)d record put back", "%(n)d records put back", n) % {"n": n})
    return redirect(made)


def found(request: Request, pk: int) -> ChangeSet:
    change_set: ChangeSet = find(ChangeSet.objects.select_related("by", "undo_of__by"), request, pk)
    return change_set


def _results(request: Request, change_set: ChangeSet) -> dict[str, Any]:
    tabs = queries.tabs(change_set, request.GET.get("kind"))
    current = next((tab.record for tab in tabs if tab.is_current), "")
    after = _key(request.GET.get("after", ""))
    records, further = (
        queries.changed_records(change_set, current, after, request.user) if current else ([], 0)
    )
    clashes, more_clashes = queries.conflicts(change_set, 0, request.user)
    return {
        "tabs": tabs,
        "current": current,
        "records": records,
        "links": {
            "previous": f"kind={current}" if after else "",
            "next": f"kind={current}&after={further}" if further else "",
        },
        "clashes": clashes,
        "more_clashes": more_clashes,
        "skipped": queries.skipped_rows(change_set) if change_set.skipped else [],
        "trashed": in_trash_words(change_set),
    }


def _key(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _defused(text: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
