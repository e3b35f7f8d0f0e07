"""The list of contacts: people at all clients a person sees. All that is asked lives in the address."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clients.filters import ME, NOBODY, PERIODS, TEAM
from accounts.clients.queries import names_of
from accounts.contacts import listing
from accounts.contacts.asked import CONTACTS, ContactFilter
from accounts.custom.filters import asked_words, parameters
from accounts.models import Contact
from foundation.gate import Request, gate
from lists.arranging import Arrangement, opening_address
from lists.kept import Kept
from lists.views.cell import answer

FILTERS = ("q", "owner", "created", "left", "unreached")
KEPT = (*FILTERS, "where", "sort", "view", "columns")
SHOWN_ONLY = {"sort", "view", "columns"}


@require_safe
@gate("accounts.view")
def contacts(request: Request) -> HttpResponse:
    """The page, or for htmx its part that changes with filters, order and page."""
    if opens := opening_address(CONTACTS, request.user, request.GET):
        return redirect(f"{CONTACTS.url}?{opens}")
    visible = Contact.objects.visible_to(request.user)
    chosen = ContactFilter(request.GET, queryset=visible, request=request)
    is_sound = chosen.is_valid()
    kept = _kept(request.GET)
    arrangement = Arrangement(CONTACTS, request.user, kept.query, CONTACTS.url)
    found = chosen.qs if is_sound else visible.none()
    shown = listing.contacts.shown(found, arrangement, request.user, request.GET.get("cursor"))
    n = shown.count.n
    context = {
        **vars(shown),
        "filter": chosen,
        "arrangement": arrangement,
        "count_text": ngettext("%(count)s contact", "%(count)s contacts", n) % {"count": shown.count.text},
        "page": kept.pages(shown.page),
        "chips": _chips(kept),
        "active": _active(kept, chosen, request.user) if is_sound else [],
        "kept": kept,
        "is_narrowed": bool(set(kept) - SHOWN_ONLY),
    }
    template = "accounts/contacts.html#contacts" if request.htmx else "accounts/contacts.html"
    return render(
        request, template, context, status=HTTPStatus.OK if is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
    )


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.view")
def contact_cell(request: Request, pk: int, column: str) -> HttpResponse:
    """One cell of the list."""
    return answer(request, CONTACTS, pk, column)


def _kept(sent: Any) -> Kept:
    return Kept.of(sent, KEPT, parameters("contact"))


def _chips(kept: Kept) -> list[dict[str, Any]]:
    """One tap each; a second tap takes it away."""
    offered = [
        ("owner", ME, _("Mine"), "user"),
        ("owner", TEAM, _("My team"), "users"),
        ("created", "week", _("New this week"), "sparkles"),
        ("unreached", "true", _("Without phone and e-mail"), "phone-off"),
        ("left", "true", _("No longer there"), "door-exit"),
    ]
    return [
        {
            "title": title,
            "icon": icon,
            "is_on": kept.get(name) == value,
            "query": kept.toggled(name, value),
        }
        for name, value, title, icon in offered
    ]


def _active(kept: Kept, chosen: ContactFilter, person: Any) -> list[dict[str, str]]:
    """The filters no chip shows, as sentences with a way to remove each."""
    said = []
    owner, created = kept.get("owner", ""), kept.get("created", "")
    if owner.isdigit():
        said.append(("owner", names_of({"owner": int(owner)}, person).get("owner", "?")))
    elif owner == NOBODY:
        said.append(("owner", _("Nobody")))
    if created and created != "week":
        said.append(("created", str(PERIODS[created])))
    plain = [
        {"text": f"{ContactFilter.base_filters[name].label}: {words}", "query": kept.changed(**{name: None})}
        for name, words in said
    ]
    custom = [{"text": text, "query": kept.changed(**{name: None})} for name, text in asked_words(chosen)]
    where = [{"text": text, "query": url[1:]} for text, url in chosen.where_chips(kept.query)]
    return [*plain, *custom, *where]
