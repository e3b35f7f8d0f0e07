from functools import partial
from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing.models import Quote
from billing.queries.quote import objections_of, title_of
from billing.quote_forms import QuoteHeaderForm
from billing.views.invoice_edit import as_it_is
from billing.views.line_editor import Editor
from billing.views.quote_answers import done, form_page, found_quote
from deals.views.answers import tried
from foundation.errors import Refused
from foundation.gate import Request, gate
from lists.three_way import BOTH, Merging

EDITOR = Editor(
    template="billing/quote_lines.html",
    lines_door="billing:quote_lines",
    reckon_door="billing:quote_reckon",
    title_of=title_of,
    objections_of=objections_of,
    theirs=gettext_lazy(
        "Somebody else changed this quote meanwhile: %(lines)s, %(total)s. "
        "Save again to put your lines in their place, or open it in another tab to see theirs."
    ),
    too_long=gettext_lazy("A quote of more than %(n)d lines cannot be written here."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("billing.change")
def lines(request: Request, pk: int) -> HttpResponse:
    """The lines of a draft in the editor."""
    return EDITOR.edited(request, _editable(request, pk))


@require_POST
@gate("billing.change")
def reckon(request: Request, pk: int) -> HttpResponse:
    """What the lines come to as they stand in the editor."""
    return EDITOR.reckoned(request, _editable(request, pk))


@gate("billing.change")
def edit(request: Request, pk: int) -> HttpResponse:
    """Change the header. Where somebody was first, what only one of the two changed stays; the rest is asked."""
    quote = _editable(request, pk)
    blank = partial(QuoteHeaderForm, person=request.user, invoice=quote, initial=as_it_is(quote))
    merging = Merging(request.POST or None, blank, quote.version, follows={"account": "client"})
    form, status = blank(merging.data), None
    if merging.conflicts:
        form.add_error(None, BOTH)
        status = HTTPStatus.CONFLICT
    elif request.method == "POST" and form.is_valid():
        version, by, at = form.cleaned_data["version"], request.user, timezone.now()
        status = tried(form, lambda: quote.change(form.changes(), by=by, at=at, version=version))
        if status == HTTPStatus.OK:
            return done(request, quote.get_absolute_url(), _("Saved"))
    said = {
        "title": _("Change: %(invoice)s") % {"invoice": title_of(quote)},
        "button": _("Save"),
        "template": "billing/quote_edit.html",
        "merging": merging,
        "original": merging.original(blank()),
    }
    return form_page(request, form, quote, status=status, **said)


def _editable(request: Request, pk: int) -> Quote:
    quote = found_quote(request, pk, "billing.change")
    if not quote.is_draft:
        raise Refused(_("%(quote)s does not change any more.") % {"quote": quote})
    return quote
