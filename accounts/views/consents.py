"""What a client and its people allow: every word of theirs, and a new one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.consents import permission
from accounts.consents.forms import ConsentForm
from accounts.models import Account, Consent
from foundation.gate import Request, find, gate
from foundation.keyset import keyset_page
from foundation.once import once
from foundation.refusals import refused_into

SIZE = 50
COLUMNS = (
    *("pk", "on", "is_given", "channel", "source", "evidence"),
    *("purpose__name", "contact__name", "recorded_by__name"),
)


@require_safe
@gate("accounts.view")
def consent_history(request: Request, pk: int) -> HttpResponse:
    """Newest first; nothing here is ever changed."""
    account = find(Account.objects.all(), request, pk)
    said = Consent.objects.filter(account=account).values(*COLUMNS)
    page = keyset_page(said, order=("-on", "-pk"), cursor=request.GET.get("cursor"), size=SIZE)
    rows = [
        row | {"what": permission.purpose_words(row["purpose__name"], row["channel"])} for row in page.rows
    ]
    context = {
        "account": account,
        "rows": rows,
        "page": {
            "previous": urlencode({"cursor": page.previous}) if page.previous else "",
            "next": urlencode({"cursor": page.next}) if page.next else "",
        },
        "may_change": request.user.reaches(account, "accounts.change"),
    }
    return render(request, "accounts/consents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def consent_create(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, "accounts.change")
    form = ConsentForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST":
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            if form.is_valid():
                with refused_into(form):
                    form.record(by=request.user, at=timezone.now())
                    sent.url = account.get_absolute_url()
        if sent.url:
            messages.success(request, _("Written down."))
            return redirect(sent.url)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/consent.html", {"form": form, "account": account}, status=status)
