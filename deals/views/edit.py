from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.forms import AssignForm, DealEditForm, NextStepForm
from deals.models import Deal
from deals.views.answers import done, form_page, found_deal, tried
from foundation.gate import gate


@gate("deals.change")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the fields. Where somebody was first, what was typed stays and can be sent over theirs."""
    deal = found_deal(request, pk, "deals.change")
    form = DealEditForm(request.POST or None, person=request.user, deal=deal, initial=_as_it_is(deal))
    status = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = tried(
            form, lambda: deal.change(form.changes(), by=request.user, at=timezone.now(), version=version)
        )
        if status == HTTPStatus.OK:
            return done(request, deal, _("Saved: %(title)s") % {"title": deal.title})
        if status == HTTPStatus.CONFLICT:
            form.add_error(None, _("What you typed is kept below. Save again to put it over theirs."))
            latest = request.POST.copy()
            latest["version"] = str(Deal.objects.values_list("version", flat=True).get(pk=deal.pk))
            form.data = latest
    title = _("Change “%(title)s”") % {"title": deal.title}
    return form_page(
        request,
        form,
        title=title,
        button=_("Save"),
        status=status,
        template="deals/deal_form.html",
        deal=deal,
    )


@gate("deals.assign")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.assign")
    form = AssignForm(request.POST or None, person=request.user, initial={"owner": deal.owner_id})
    status = None
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        status = tried(form, lambda: deal.assign(owner, by=request.user, at=timezone.now()))
        if status == HTTPStatus.OK:
            name = owner.name if owner else _("nobody")
            return done(
                request, deal, _("“%(title)s” now belongs to %(name)s") % {"title": deal.title, "name": name}
            )
    title = _("Give “%(title)s” to somebody else") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Assign"), status=status, deal=deal)


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
