"""To another pipeline."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import operations
from deals.forms import TransferForm
from deals.models import Deal
from deals.queries.transfer import offers
from deals.requirements import StageNotReady
from deals.views.answers import done, form_page, found_deal, tried, undo_url
from deals.views.entering import ask
from foundation.gate import gate


@gate("deals.move")
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it goes on is said by the stage map, and may be chosen otherwise."""
    deal = found_deal(request, pk, "deals.move")
    form = TransferForm(request.POST or None, offers=offers(deal), initial={"version": deal.version})
    status, rank = None, deal.rank
    if request.method == "POST" and form.is_valid():
        try:
            status = tried(form, lambda: _transfer(deal, form.cleaned_data, by=request.user))
        except StageNotReady as refusal:
            return ask(request, found_deal(request, pk), list(refusal.missing), form.cleaned_data)
        if status == HTTPStatus.OK:
            said = {"stage": deal.stage.name, "pipeline": deal.pipeline.name}
            text = _("Now in “%(pipeline)s”, “%(stage)s”") % said
            return done(request, deal, text, undo=undo_url(deal, rank))
    title = _("Move “%(title)s” to another pipeline") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Move"), status=status, deal=deal)


def _transfer(deal: Deal, said: dict[str, Any], *, by: Any) -> None:
    at, stage = timezone.now(), said["stage"]
    rank = operations.rank_at_top(stage, at=at)
    deal.transfer(stage, by=by, at=at, version=said["version"], rank=rank)
