"""How likely a deal is, and why: what is known of deals like it, and a person's own estimate."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.forms import EstimateForm
from deals.queries.likelihood import likelihood_of
from deals.views.answers import done, form_page, found_deal, tried
from foundation.gate import gate


@gate("deals.view")
def probability(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sees the deal sees why; whoever may change it may say otherwise."""
    deal = found_deal(request, pk, "deals.change" if request.method == "POST" else None)
    first = {
        "percent": deal.probability, "reason": deal.probability_reason or "", "version": deal.version
    }  # fmt: skip
    form = EstimateForm(request.POST or None, initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(form, lambda: deal.estimate(**said, by=request.user, at=timezone.now()))
        if status == HTTPStatus.OK:
            text = _("The stage's probability counts again")
            if deal.probability is not None:
                text = _("Estimated: %(percent)s%%") % {"percent": deal.probability}
            return done(request, deal, text)
    return form_page(
        request,
        form,
        title=_("How likely is “%(title)s”?") % {"title": deal.title},
        button=_("Save"),
        status=status,
        template="deals/probability.html",
        deal=deal,
        likelihood=likelihood_of(deal),
        may_change=deal.is_open and request.user.reaches(deal, "deals.change"),  # type: ignore[union-attr]
    )
