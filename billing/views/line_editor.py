"""The editor of lines, of an invoice or a quote. 422 and 409 lose nothing that was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.line_forms import MOST_LINES, Line, LinesForm
from billing.queries.invoice_editor import reckoned, stored
from deals.queries import words
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What is said otherwise of an invoice and of a quote: `theirs` that somebody was first, `too_long` that a form
    cannot send so many lines."""

    template: str
    lines_door: str
    reckon_door: str
    title_of: Callable[[Any], str]
    objections_of: Callable[..., tuple[list[str], str]]
    theirs: Any
    too_long: Any

    def edited(self, request: Request, paper: Any) -> HttpResponse:
        had, sent = self._lines_of(paper), request.POST if request.method == "POST" else None
        form, status = LinesForm(sent, invoice=paper, had=had), HTTPStatus.OK
        if sent is not None:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            if form.is_valid():
                asked, version = form.asked(), form.cleaned_data["version"]
                by, at = request.user, timezone.now()
                status = tried(form, lambda: paper.put_lines(asked, version=version, by=by, at=at))
            if status == HTTPStatus.OK:
                messages.success(request, _("Lines saved"))
                stays = "stay" in request.POST
                return redirect(
                    reverse(self.lines_door, args=[paper.pk]) if stays else paper.get_absolute_url()
                )
        if status == HTTPStatus.CONFLICT:
            form = self._over_theirs(form, sent, paper, had)
        return self._page(request, paper, form, status)

    def reckoned(self, request: Request, paper: Any) -> HttpResponse:
        form = LinesForm(request.POST, invoice=paper, had=self._lines_of(paper))
        found = reckoned(paper, form, request.user, self.objections_of)
        return render(request, "billing/lines_reckoned.html", {"reckoned": found, "invoice": paper})

    def _lines_of(self, paper: Any) -> dict[int, Line]:
        """In their order. Refused where there are more than a form can send."""
        lines = paper.lines.select_related("product").defer("trace").order_by("position", "pk")
        found = list(lines[: MOST_LINES + 1])
        if len(found) > MOST_LINES:
            raise Refused(str(self.too_long) % {"n": MOST_LINES})
        return {line.pk: line for line in found}

    def _over_theirs(self, form: LinesForm, sent: Any, paper: Any, had: dict[int, Line]) -> LinesForm:
        """The same rows over what stands there now: saved again, they take its place."""
        data = sent.copy()
        data["version"] = str(paper.version)
        again = LinesForm(data, invoice=paper, had=had)
        again.is_valid()
        said = {
            "lines": ngettext("%(n)d line", "%(n)d lines", len(had)) % {"n": len(had)},
            "total": words.amount_text(paper.total, paper.currency),
        }
        again.add_error(None, str(self.theirs) % said)
        return again

    def _page(self, request: Request, paper: Any, form: LinesForm, status: int) -> HttpResponse:
        person = request.user
        asked = reckoned if form.is_bound else stored
        found = asked(paper, form, person, self.objections_of)
        context = {
            "invoice": paper,
            "invoice_title": self.title_of(paper),
            "reckon_url": reverse(self.reckon_door, args=[paper.pk]),
            "form": form,
            "reckoned": found,
            "rows": list(zip(form.lines.forms, found.rows, strict=True)),
            "may_price": person.may("billing.change_prices"),
        }
        return render(request, self.template, context, status=status)
