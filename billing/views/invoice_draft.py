"""An invoice is written: begun, its header, its lines, when it is paid."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from billing import operations
from billing.forms.acts import ScheduleForm
from billing.forms.header import BeginForm, HeaderForm
from billing.forms.lines import LineFormSet, rows_of, tax_choices
from billing.models import Invoice
from billing.queries.invoice_page import page_of
from billing.views.answers import act, form_page, found_invoice, sent_in
from catalog.models import Product
from deals.models import Deal
from deals.views.answers import tried
from foundation.errors import Refused, Stale
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into

OFFERED = 300
MORE = 6  # empty rows where no script adds them


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.create")
def invoice_create(request: Request) -> HttpResponse:
    """From scratch: whom it is for, then its lines. Sent twice, it is begun once."""
    account = None
    if (key := request.GET.get("account", "")).isdigit() and len(key) < 19:
        account = Account.objects.visible_to(request.user).filter(pk=int(key)).first()
    form = BeginForm(sent_in(request), person=request.user, initial={"account": account})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        header = {"dated_on": said["dated_on"]} if said["dated_on"] else {}
        with once(request) as sent:
            if not sent.already:
                with refused_into(form):
                    invoice = Invoice.draft(
                        account=said["account"],
                        legal_entity=said["legal_entity"],
                        currency=said["currency"] or None,
                        by=request.user,
                        at=timezone.now(),
                        **header,
                    )
                    sent.url = reverse("billing:invoice_lines", args=[invoice.pk])
        if sent.url:
            return redirect(sent.url)
    return form_page(request, form, title=_("New invoice"), button=_("Go on to its lines"))


@require_POST
@gate("billing.create")
def invoice_of_deal(request: Request, pk: int) -> HttpResponse:
    """One click on a deal."""
    deal = find(Deal.objects.all(), request, pk)
    with once(request) as sent:
        if not sent.already:
            sent.url = operations.invoice_deal(deal, by=request.user, at=timezone.now()).get_absolute_url()
    return redirect(sent.url)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def invoice_edit(request: Request, pk: int) -> HttpResponse:
    """Everything but the lines. Where somebody was first, what was typed stays and can be sent over theirs."""
    invoice = found_invoice(request, pk, "billing.change")
    form = HeaderForm(sent_in(request), invoice=invoice, person=request.user)
    status = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        status = tried(
            form,
            lambda: invoice.change(form.changes(), version=version, by=request.user, at=timezone.now()),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect(invoice)
        if status == HTTPStatus.CONFLICT:
            latest = request.POST.copy()
            latest["version"] = str(Invoice.objects.values_list("version", flat=True).get(pk=pk))
            form.data = latest
    title = _("Change %(invoice)s") % {"invoice": invoice}
    context = {"record": invoice, "template": "billing/header.html"}
    return form_page(request, form, title=title, button=_("Save"), status=status, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def invoice_lines(request: Request, pk: int) -> HttpResponse:
    """The line editor. 422 with what is wrong and 409 where somebody changed it meanwhile, nothing typed lost."""
    invoice = found_invoice(request, pk, "billing.change")
    rows, refusal, status = _rows(request, invoice), "", HTTPStatus.OK
    version = invoice.version
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if rows.is_valid():
            try:
                invoice.put_lines(
                    rows.asked(invoice), version=_version(request), by=request.user, at=timezone.now()
                )
                messages.success(request, _("Saved."))
                more = f"{reverse('billing:invoice_lines', args=[pk])}?more=1"
                return redirect(more if request.GET.get("more") else invoice)
            except Stale as stale:
                refusal, status = str(stale.message), HTTPStatus.CONFLICT
            except Refused as refused:
                refusal, version = str(refused.message), _version(request) or version
    return render(
        request, "billing/lines.html", _editor(invoice, rows, version) | {"refusal": refusal}, status=status
    )


@require_POST
@gate("billing.change")
def invoice_sums(request: Request, pk: int) -> HttpResponse:
    """What the rows as they stand would come to. They are put, read and taken back: nothing stays."""
    invoice, refusal, page = found_invoice(request, pk, "billing.change"), "", {}
    rows = _rows(request, invoice)
    if rows.is_valid():
        try:
            with transaction.atomic():
                invoice.put_lines(rows.asked(invoice), by=request.user, at=timezone.now())
                page = page_of(invoice, request.user)
                transaction.set_rollback(True)
        except Refused as refused:
            refusal = str(refused.message)
    else:
        refusal = _("Look at what is marked below once you save.")
    return render(request, "billing/sums.html", {"page": page, "refusal": refusal, "invoice": invoice})


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def invoice_schedule(request: Request, pk: int) -> HttpResponse:
    """Instalments: equal ones, or each by itself."""
    invoice = found_invoice(request, pk, "billing.change")
    form = ScheduleForm(sent_in(request), invoice=invoice)

    def schedule(said: dict[str, Any]) -> None:
        told = {"by": request.user, "at": timezone.now()}
        if said["count"]:
            months = said["months"] or 1
            invoice.divide(said["count"], first_due_on=said["first_due_on"], months=months, **told)
        else:
            invoice.schedule(said["parts"], **told)

    title = _("Instalments of %(invoice)s") % {"invoice": invoice}
    return act(request, invoice, form, schedule, title=title, button=_("Save"), done=_("Saved."))


def _rows(request: Request, invoice: Invoice) -> Any:
    waiting = MORE if request.GET.get("more") else 1
    first = [*rows_of(invoice), *({} for _each in range(waiting))]
    return LineFormSet(sent_in(request), initial=first, prefix="line", form_kwargs={"taxes": tax_choices()})


def _version(request: Request) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _editor(invoice: Invoice, rows: Any, version: int) -> dict[str, Any]:
    products = Product.objects.filter(is_active=True).order_by("sort_key", "pk")
    return {
        "invoice": invoice,
        "rows": rows,
        "version": version,
        "products": products.values_list("name", "code")[:OFFERED],
    }
