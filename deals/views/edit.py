from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import reassigning
from accounts.reassign_form import ReassignForm
from deals.forms import DealEditForm, NextStepForm
from deals.models import Deal
from deals.views.answers import done, form_page, found_deal, tried
from foundation.gate import Request, gate
from lists.three_way import BOTH, Merging


@gate("deals.change")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the fields. Where somebody was first, what only one of the two changed stays; the rest is asked."""
    deal = found_deal(request, pk, "deals.change")
    blank = partial(DealEditForm, person=request.user, deal=deal, initial=_as_it_is(deal))
    merging = Merging(request.POST or None, blank, deal.version, follows={"account": "client"})
    form, status = blank(merging.data), None
    if merging.conflicts:
        form.add_error(None, BOTH)
        status = HTTPStatus.CONFLICT
    elif request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = tried(
            form, lambda: deal.change(form.changes(), by=request.user, at=timezone.now(), version=version)
        )
        if status == HTTPStatus.OK:
            return done(request, deal, _("Saved: %(title)s") % {"title": deal.title})
    title = _("Change “%(title)s”") % {"title": deal.title}
    return form_page(
        request,
        form,
        title=title,
        button=_("Save"),
        status=status,
        template="deals/deal_form.html",
        deal=deal,
        merging=merging,
        original=merging.original(blank()),
    )


@gate("deals.assign")
def assign(request: Request, pk: int) -> HttpResponse:
    """To another owner by one press on a name; the toast gives it back."""
    deal = found_deal(request, pk, "deals.assign")
    form = ReassignForm(request.POST or None, person=request.user, initial={"owner": deal.owner_id})
    status = None
    if request.method == "POST" and form.is_valid():
        owner, made = form.cleaned_data["owner"], []
        give = partial(reassigning.give, "deal", deal, owner, by=request.user, at=timezone.now())
        status = tried(form, lambda: made.append(give()))
        if status == HTTPStatus.OK:
            words = {"title": deal.title, "name": owner.name if owner else _("nobody")}
            undo = reverse("changes:undo", args=[made[0].pk]) if made[0] else ""
            return done(request, deal, _("“%(title)s” now belongs to %(name)s") % words, undo=undo)
    title = _("Give “%(title)s” to somebody else") % {"title": deal.title}
    people = reassigning.nearest(request.user, owner_id=deal.owner_id, team_ids=deal.team_ids)
    template = "deals/assign.html"
    return form_page(
        request, form, title=title, button="", status=status, template=template, deal=deal, people=people
    )


@gate("deals.change")
def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens next, and when."""
    deal = found_deal(request, pk, "deals.change")
    first = {"next_step": deal.next_step, "next_step_on": deal.next_step_on}
    form = NextStepForm(request.POST or None, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(
            form,
            lambda: deal.plan_next_step(
                said["next_step"], said["next_step_on"], by=request.user, at=timezone.now()
            ),
        )
        if status == HTTPStatus.OK:
            return done(
                request, deal, _("Next step planned") if deal.next_step_on else _("Next step cleared")
            )
    title = _("Next step of “%(title)s”") % {"title": deal.title}
    template = "deals/next_step.html"
    return form_page(
        request, form, title=title, button=_("Plan"), status=status, template=template, deal=deal
    )


def _as_it_is(deal: Deal) -> dict[str, object]:
    return {
        "title": deal.title,
        "client": deal.account.name if deal.account else "",
        "account": deal.account_id,
        "amount": deal.amount,
        "currency": deal.currency,
        "expected_close_on": deal.expected_close_on,
        "source": deal.source_id,
        "version": deal.version,
    }
