"""How a client stands to others: the tree it belongs to, all relations, and one of them made, changed or removed."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account, Relation
from accounts.relations.forms import PeriodForm, RelationForm
from accounts.relations.shown import MOST_ON_PAGE, relations_json, shown_relations, tree
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into


@require_safe
@gate("accounts.view")
def relations(request: Request, pk: int) -> HttpResponse:
    clients = Account.objects.annotate(shown_relations=relations_json(request.user, MOST_ON_PAGE))
    account = find(clients, request, pk)
    holding, has_more = tree(account, request.user)
    rows = shown_relations(account.shown_relations)
    context = {
        "account": account,
        "holding": holding,
        "has_more": has_more,
        "relations": rows[:MOST_ON_PAGE],
        "has_more_rows": len(rows) > MOST_ON_PAGE,
        "may_change": request.user.reaches(account, "accounts.change"),
    }
    return render(request, "accounts/relations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def relation_create(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, "accounts.change")
    form = RelationForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST":
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            if form.is_valid():
                with refused_into(form):
                    form.tie(account, by=request.user, at=timezone.now())
                    sent.url = account.get_absolute_url()
        if sent.url:
            messages.success(request, _("Related to %(client)s.") % {"client": form.cleaned_data["other"]})
            return redirect(sent.url)
    return _form(request, form, account=account)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def relation_edit(request: Request, pk: int) -> HttpResponse:
    """Its days and note; or, said to be a mistake, removed. Who may change either client may."""
    relation: Relation = find(Relation.objects.select_related("kind", *SIDES), request, pk)
    if not any(request.user.reaches(getattr(relation, side), "accounts.change") for side in SIDES):
        raise Forbidden("accounts.change")
    account = relation.from_account if request.GET.get("of") == "from" else relation.to_account
    if request.method == "POST" and "remove" in request.POST:
        relation.untie(by=request.user, at=timezone.now())
        messages.success(request, _("The relation is removed."))
        return redirect(account)
    first = {"since": relation.since, "until": relation.until, "note": relation.note}
    form = PeriodForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            relation.change(**form.period(), by=request.user, at=timezone.now())
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(account)
    return _form(request, form, account=account, relation=relation)


SIDES = ("from_account", "to_account")


def _form(request: Request, form: Any, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/relation.html", {"form": form, **context}, status=status)
