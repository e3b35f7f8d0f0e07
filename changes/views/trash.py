from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from changes.models import TrashEntry
from changes.models.change_set import EVERYBODYS
from changes.trash import queries, verbs
from changes.trash.kinds import kind_of
from changes.views.list import links_of
from foundation.errors import Refused
from foundation.gate import Request, gate

MOST_SAID = 5
MOST_AT_ONCE = 200


@gate.signed_in
def trash(request: Request) -> HttpResponse:
    """What lies in the trash: one's own; everybody's for administrators who ask."""
    entries = queries.entries_asked(request.user, request.GET)
    page = queries.page_of(entries, request.GET.get("cursor"))
    context: dict[str, Any] = {
        "page": page,
        "links": links_of(request, page),
        "query": request.GET.urlencode(),
        "kinds": queries.choices_of_kind(request.GET),
        "people": queries.people_who_deleted(request.GET) if request.user.may(EVERYBODYS) else [],
        "is_filtered": any(request.GET.get(name) for name in ("kind", "who", "set")),
    }
    return render(request, "changes/trash.html", context)


@gate.signed_in
def trashed(request: Request, pk: int) -> HttpResponse:
    """One entry: what it was, who put it there, what comes back with it."""
    return render(request, "changes/trashed.html", queries.entry_in_words(found(request, pk), request.user))


@require_POST
@gate.signed_in
def trash_restore(request: Request, pk: int) -> HttpResponse:
    """Take one record out of the trash, with all that went along."""
    entry = found(request, pk)
    if objection := verbs.objection_to_restore(entry, request.user):
        raise Refused(objection)
    record = verbs.restore(entry, by=request.user, at=timezone.now())
    messages.success(request, _("“%(title)s” is back.") % {"title": entry.title})
    return redirect(kind_of(entry.record).page(record))


@require_POST
@gate.signed_in
def trash_restore_many(request: Request) -> HttpResponse:
    """Take what is ticked out of the trash."""
    said = [
        int(key) for key in request.POST.getlist("entry") if key.isascii() and key.isdigit() and len(key) < 19
    ]
    seen = TrashEntry.objects.own().visible_to(request.user).filter(pk__in=said[:MOST_AT_ONCE])
    keys = list(seen.values_list("pk", flat=True))
    if not keys:
        raise Refused(_("Tick what you want back first."))
    put = verbs.restore_many(keys, by=request.user, at=timezone.now())
    n = len(put.entries)
    if n:
        messages.success(request, ngettext("%(n)d record is back", "%(n)d records are back", n) % {"n": n})
    for why in list(dict.fromkeys(put.refused.values()))[:MOST_SAID]:
        messages.warning(request, why)
    return redirect(f"{reverse('changes:trash')}?{request.POST.get('query', '')}".rstrip("?"))


def found(request: Request, pk: int) -> TrashEntry:
    entry = TrashEntry.objects.select_related("by", "along_with").filter(pk=pk).first()
    if entry is None or not queries.is_readable(entry, request.user):
        raise Http404
    return entry
