"""One product: looked at, added, changed, and the parts of a bundle."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.forms import PartFormSet, ProductPageForm
from catalog.models import Calculator, Product, ProductKind
from catalog.queries import products
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.money import money_text
from foundation.once import once
from foundation.refusals import refused_into

AROUND = ("group", "unit", "tax_rate")


@require_safe
@gate("catalog.view")
def product(request: Request, pk: int) -> HttpResponse:
    """Its price, what it costs us for those who may know, what a bundle has; for who changes products, who did."""
    found = get_object_or_404(Product.objects.select_related(*AROUND), pk=pk)
    language, cost, may_change = get_language() or "en", None, request.user.may("catalog.change")
    if request.user.may("catalog.view_costs") and (known := products.cost_of(found)):
        cost = money_text(*known, language)
    context = {
        "product": found,
        "price": money_text(found.price, found.currency, language),
        "cost": cost,
        "group": dict(products.groups_of_list()).get(found.group_id or 0, ""),
        "parts": products.parts_of(found) if found.kind == ProductKind.BUNDLE else None,
        "bundles": products.bundles_with(found),
        "changes": products.latest_changes(found) if may_change else None,
        "may_change": may_change,
        "calculates": Calculator.objects.filter(product=pk, is_active=True).exists(),
    }
    return render(request, "catalog/product.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.change")
def product_create(request: Request) -> HttpResponse:
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                with refused_into(form):
                    made = Product.create(**form.said(), by=request.user, at=timezone.now())
                    sent.url = _after(made)
        if sent.url:
            messages.success(request, _("Added."))
            return redirect(sent.url)
    return _answer(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.change")
def product_edit(request: Request, pk: int) -> HttpResponse:
    """409 where a colleague wrote the same fields meanwhile: what they say now, and nothing typed lost."""
    found = get_object_or_404(Product, pk=pk)
    form, meanwhile = _form(request, found), []
    if request.method == "POST" and form.is_valid():
        if meanwhile := form.written_meanwhile():
            form.see_anew()
        else:
            with refused_into(form):
                found.change(form.said(), by=request.user, at=timezone.now())
        if not meanwhile and not form.errors:
            messages.success(request, _("Saved."))
            return redirect("catalog:product", pk)
    return _answer(request, form, found, meanwhile)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.change")
def product_parts(request: Request, pk: int) -> HttpResponse:
    """What one piece of a bundle has; rows without a product say nothing."""
    found = get_object_or_404(Product, pk=pk, kind=ProductKind.BUNDLE)
    had = [
        {"product": each.product_id, "quantity": f"{each.quantity.normalize():f}"}
        for each in found.parts.order_by("pk")
    ]
    forms = PartFormSet(request.POST if request.method == "POST" else None, initial=had, prefix="part")
    refusal = ""
    if request.method == "POST" and forms.is_valid():
        rows = [each for each in forms.cleaned_data if each and not each.get("DELETE")]
        parts = [(each["product"].pk, each["quantity"]) for each in rows]
        try:
            found.put_parts(parts, by=request.user, at=timezone.now())
        except Refused as refused:
            refusal = str(refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("catalog:product", pk)
    wrong = request.method == "POST"
    context = {"product": found, "forms": forms, "refusal": refusal}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "catalog/parts.html", context, status=status)


def _form(request: Request, found: Product | None) -> ProductPageForm:
    sent = request.POST if request.method == "POST" else None
    return ProductPageForm(sent, product=found, may_see_costs=request.user.may("catalog.view_costs"))


def _after(made: Product) -> str:
    door = "catalog:product_parts" if made.kind == ProductKind.BUNDLE else "catalog:product"
    return reverse(door, args=[made.pk])


def _answer(
    request: Request, form: ProductPageForm, found: Product | None, meanwhile: Any = ()
) -> HttpResponse:
    context = {"form": form, "product": found, "meanwhile": meanwhile}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "catalog/product_form.html", context, status=HTTPStatus.CONFLICT if meanwhile else status
    )
