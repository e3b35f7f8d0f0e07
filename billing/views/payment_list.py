from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import LegalEntity, Payment
from billing.models.payment import Direction, Method
from billing.payment_filters import PaymentFilter
from billing.queries import payments as queries
from foundation.clock import company_day
from foundation.gate import Request, gate

QUICK = [("whose", _("Whose is it?"), "help-circle"), ("surplus", _("Not allocated"), "coin")]
FIELDS = {"q", "method", "direction", "own", "day_from", "day_to", "cursor"}


@gate("billing.view_payments")
def payments(request: Request) -> HttpResponse:
    """Payments the person sees, the latest first."""
    visible = Payment.objects.visible_to(request.user)
    filterset = PaymentFilter(request.GET, queryset=visible, request=request)
    found, said = filterset.qs, filterset.said
    page = queries.list_page(found, request.GET.get("cursor"), company_day(timezone.now()))
    context = {
        "page": page,
        "links": {name: with_said(request, cursor=getattr(page, name)) for name in ("previous", "next")},
        "sums": queries.sums_of(found),
        "said": said,
        "troubles": filterset.troubles,
        "chips": [_chip(request, *each) for each in QUICK],
        "kept": [(name, value) for name in request.GET for value in request.GET.getlist(name)
                 if name not in FIELDS],
        "methods": Method.choices,
        "directions": Direction.choices,
        "own_companies": LegalEntity.objects.order_by("name", "pk").values_list("pk", "name"),
        "may_receive": request.user.may("billing.receive"),
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if filterset.troubles else HTTPStatus.OK
    return render(request, "billing/payments.html", context, status=status)


def with_said(request: Request, **more: Any) -> str:
    said = request.GET.copy()
    for name, value in more.items():
        if not value:
            return ""
        said[name] = value
    return str(said.urlencode())


def _chip(request: Request, name: str, title: Any, icon: str) -> dict[str, Any]:
    said, is_on = request.GET.copy(), bool(request.GET.get(name))
    for each in ("cursor", name):
        said.pop(each, None)
    if not is_on:
        said[name] = "1"
    return {"title": title, "icon": icon, "url": f"?{said.urlencode()}", "is_on": is_on}
