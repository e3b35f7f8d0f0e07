"""Statements of banks: their list, a new file, one statement."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing.models import BankStatement
from billing.queries import statement as one
from billing.queries import statements as queries
from billing.statement_forms import StatementForm
from deals.views.answers import form_page, tried, way_back
from foundation.clock import company_day
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate

BESIDE = ("bank_account__legal_entity", "created_by")


@require_safe
@gate("billing.receive")
def statements(request: Request) -> HttpResponse:
    """What banks said, the latest first."""
    visible = BankStatement.objects.visible_to(request.user)
    page = queries.list_page(visible, request.GET.get("cursor"), company_day(timezone.now()))
    links = {name: cursor and f"cursor={cursor}" for name, cursor in
             (("previous", page.previous), ("next", page.next))}  # fmt: skip
    return render(request, "billing/statements.html", {"page": page, "links": links})


@gate("billing.receive")
def upload(request: Request) -> HttpResponse:
    """A file of a bank. The same file again is found to be known, so it needs no other care for being sent twice."""
    if not request.user.reach("billing.receive").everybody:
        raise Forbidden("billing.receive")
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, status, brought = StatementForm(*sent), None, []
    if request.method == "POST" and form.is_valid():
        file, account = form.cleaned_data["file"], form.cleaned_data["bank_account"]
        said = {"file_name": file.name, "bank_account": account, "by": request.user, "at": timezone.now()}
        status = tried(form, lambda: brought.append(BankStatement.bring(file.read(), **said)))
    if brought:
        messages.success(request, _summary(brought[0]))
        kept = brought[0].statements
        return redirect(kept[0]) if len(kept) == 1 else redirect("billing:statements")
    template = "billing/statement_upload.html"
    said = {"title": _("Bring a bank statement"), "button": _("Bring"), "template": template}
    return form_page(request, form, status=status, **said)


@require_safe
@gate("billing.receive")
def statement(request: Request, pk: int) -> HttpResponse:
    """What the bank says beside what its lines make, and what each line pays."""
    found = find(BankStatement.objects.select_related(*BESIDE), request, pk)
    state = request.GET.get("state", "")
    state = state if state in one.STATES else ""
    context = one.page_of(found, request.user, state, request.GET.get("cursor"))
    page, asked = context["page"], f"state={state}&" if state else ""
    context["links"] = {
        name: cursor and f"{asked}cursor={cursor}"
        for name, cursor in (("previous", page.previous), ("next", page.next))
    }
    return render(request, "billing/statement.html", context)


@require_POST
@gate("billing.receive")
def look_again(request: Request, pk: int) -> HttpResponse:
    """All lines that wait, with what is known by now."""
    found = find(BankStatement.objects.all(), request, pk)
    n = found.look_again(by=request.user, at=timezone.now())
    sentence = ngettext("%(n)d line more is certain, and paid.", "%(n)d lines more are certain, and paid.", n)
    messages.success(request, sentence % {"n": n} if n else _("Nothing more is certain."))
    return redirect(way_back(request, found.get_absolute_url()))


def _summary(brought: Any) -> str:
    """What became of a file, in one sentence."""
    n = brought.added
    if not n:
        return _("Everything in this file was known already: nothing was added.")
    sentence = ngettext(
        "%(n)d new line. Certain, and paid: %(paid)d. Waiting for you: %(waiting)d.",
        "%(n)d new lines. Certain, and paid: %(paid)d. Waiting for you: %(waiting)d.",
        n,
    )
    return sentence % {"n": n, "paid": brought.paid, "waiting": brought.waiting}
