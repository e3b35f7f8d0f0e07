from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from changes import queries, undoing
from changes.running import AT_ONCE
from changes.trash.queries import in_trash_words
from changes.views.page import found
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.once import once


@gate.signed_in
def undo(request: Request, pk: int) -> HttpResponse:
    """GET asks, with the number; POST undoes, once."""
    change_set = found(request, pk)
    if request.method == "POST":
        with once(request) as sent:
            if not sent.already:
                made = undoing.undo(change_set, by=request.user, at=timezone.now())
                _tell(request, made)
                sent.url = made.get_absolute_url()
        return redirect(sent.url)
    objection = change_set.objection_to_undo(request.user)
    if objection:
        raise Refused(objection)
    total = sum(change_set.records.values()) or change_set.done
    context = {
        "change_set": change_set,
        "button": queries.undo_words(total),
        "clashes": queries.conflict_count(change_set) if total <= AT_ONCE else 0,
    }
    return render(request, "changes/undo.html", context)


def _tell(request: Request, made: undoing.ChangeSet) -> None:
    if not made.is_finished:
        messages.info(request, _("A worker is undoing these changes. You can leave this page."))
        return
    trashed = in_trash_words(made)
    n = sum(made.records.values()) if trashed else made.done
    if n or not trashed:
        messages.success(request, ngettext("%(n)d record put back", "%(n)d records put back", n) % {"n": n})
    if trashed:
        messages.success(request, trashed)
    if made.conflicts:
        said = ngettext(
            "%(n)d was changed since: decide below", "%(n)d were changed since: decide below", made.conflicts
        )
        messages.warning(request, said % {"n": made.conflicts})
