"""The list of clients: what is narrowed, in which order, a page at a time. All of it lives in the address."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clients import listing, queries
from accounts.clients.asked import CLIENTS, rows
from accounts.clients.filters import COMPLETE, ME, NOBODY, PERIODS, TEAM, AccountFilter
from accounts.clients.grouping import GROUPINGS, groups_of
from accounts.custom.filters import asked_words, inputs, parameters
from accounts.models import Account, AccountRole
from changes.rights import BULK_EDIT
from foundation.gate import Request, gate
from foundation.keyset import CappedCount
from foundation.money import number_text
from lists.arranging import GROUP, Arrangement, opening_address
from lists.grouping import MOST
from lists.kept import Kept
from lists.selecting import capped_totals
from lists.views.cell import answer

FILTERS = ("q", "role", "owner", "industry", "source", "tag", "holding", "complete", "created")
KEPT = (*FILTERS, "where", "sort", "view", "columns", GROUP)
SHOWN_ONLY = {"sort", "view", "columns", GROUP}


@require_safe
@gate("accounts.view")
def account_list(request: Request) -> HttpResponse:
    """The page, or for htmx its part that changes with filters, order and page."""
    if opens := opening_address(CLIENTS, request.user, request.GET):
        return redirect(f"{CLIENTS.url}?{opens}")
    visible = Account.objects.visible_to(request.user)
    chosen = AccountFilter(request.GET, queryset=visible, request=request)
    is_sound = chosen.is_valid()
    kept = _kept(request.GET)
    arrangement = Arrangement(CLIENTS, request.user, kept.query, CLIENTS.url)
    found = chosen.qs if is_sound else visible.none()
    context = {
        "filter": chosen,
        "arrangement": arrangement,
        **_rows_or_groups(request, chosen, found, arrangement, kept),
        "chips": _chips(kept),
        "active": _active_all(kept, chosen, request.user) if is_sound else [],
        "kept": kept,
        "is_narrowed": bool(set(kept) - SHOWN_ONLY),
        "may_create": request.user.may("accounts.create"),
        "may_fix": request.user.may("accounts.change"),
        "picks": request.user.may(BULK_EDIT),
        "sees_all": request.user.reach("accounts.view").everybody,
    }
    template = "accounts/list.html#clients" if request.htmx else "accounts/list.html"
    status = HTTPStatus.OK if is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, template, context, status=status)


def _rows_or_groups(
    request: Request, chosen: AccountFilter, found: Any, arrangement: Arrangement, kept: Kept
) -> dict[str, Any]:
    """A page of clients, or, where the address says by what, how many are in each group."""
    if kept.get(GROUP) in GROUPINGS:
        groups = groups_of(chosen, found, kept[GROUP])
        sees_any = groups is None or bool(groups) or queries.first_of(request.user)
        most = number_text(MOST, get_language() or "en")
        return {"groups": groups, "is_grouped": groups != [], "most": most, "sees_any": sees_any}
    shown = listing.clients.shown(found, arrangement, request.user, request.GET.get("cursor"))
    return {
        **vars(shown),
        "count_text": _count_text(shown.count),
        "page": kept.pages(shown.page),
        "sees_any": bool(shown.rows) or queries.first_of(request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.view")
def cell(request: Request, pk: int, column: str) -> HttpResponse:
    """One cell of the list, or one field of the card."""
    return answer(request, CLIENTS, pk, column, totals)


def totals(arrangement: Arrangement) -> str:
    """The totals row of a list as it is asked for."""
    found, columns = rows(arrangement.query, arrangement.person), arrangement.columns
    _count, sums = capped_totals(found, columns)
    return render_to_string("accounts/list.html#sums", {"totals": listing.totals_of(columns, sums)})


@require_safe
@gate("accounts.view")
def filters(request: Request) -> HttpResponse:
    """The form with every filter: fetched when it is opened, so that the list never pays for its choices."""
    offered: dict[str, Any] = queries.choices(request.user)
    offered["owner"] = [(ME, _("Me")), (TEAM, _("My team")), (NOBODY, _("Nobody")), *offered["owner"]]
    offered["role"] = AccountRole.choices
    offered["created"] = list(PERIODS.items())
    offered["complete"] = [(key, words) for key, (words, _range) in COMPLETE.items()]
    kept = _kept(request.GET)
    labels = {name: each.label for name, each in AccountFilter.base_filters.items()}
    order = ("owner", "role", "industry", "source", "tag", "complete", "created")
    fields = [
        (name, labels[name], [(value, words, kept.get(name) == value) for value, words in offered[name]])
        for name in order
        if offered[name]
    ]
    template = "accounts/filters.html#form" if request.htmx else "accounts/filters.html"
    context = {"fields": fields, "custom": inputs("client", request.GET), "kept": kept}
    return render(request, template, context)


def _kept(sent: Any) -> Kept:
    return Kept.of(sent, KEPT, parameters("client"))


def _chips(kept: Kept) -> list[dict[str, Any]]:
    """One tap each; a second tap takes it away."""
    offered = [
        ("owner", ME, _("Mine"), "user"),
        ("owner", TEAM, _("My team"), "users"),
        ("owner", NOBODY, _("Unassigned"), "user-off"),
        ("created", "week", _("New this week"), "sparkles"),
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


def _active(kept: Kept, person: Any) -> list[dict[str, str]]:
    """The filters no chip shows, as sentences with a way to remove each."""
    of_chips = {("owner", ME), ("owner", TEAM), ("owner", NOBODY), ("created", "week")}
    named = {name: value for name, value in kept.items() if name in FILTERS and name != "q"}
    named = {name: value for name, value in named.items() if (name, value) not in of_chips}
    keys = {name: int(value) for name, value in named.items() if value.isdigit()}
    words: dict[str, Any] = dict(queries.names_of(keys, person))
    words["role"] = dict(AccountRole.choices).get(named.get("role", ""))
    words["complete"] = COMPLETE.get(named.get("complete", ""), ("",))[0]
    words["created"] = PERIODS.get(named.get("created", ""))
    return [
        {
            "text": f"{AccountFilter.base_filters[name].label}: {words.get(name) or '?'}",
            "query": kept.changed(**{name: None}),
        }
        for name in named
    ]


def _active_all(kept: Kept, chosen: AccountFilter, person: Any) -> list[dict[str, str]]:
    custom = [{"text": text, "query": kept.changed(**{name: None})} for name, text in asked_words(chosen)]
    where = [{"text": text, "query": url[1:]} for text, url in chosen.where_chips(kept.query)]
    return [*_active(kept, person), *custom, *where]


def _count_text(count: CappedCount) -> str:
    return ngettext("%(count)s client", "%(count)s clients", count.n) % {"count": count.text}
