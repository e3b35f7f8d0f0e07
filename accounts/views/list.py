"""The list of clients: what is narrowed, in which order, a page at a time. All of it lives in the address."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import queries
from accounts.filters import ME, NOBODY, PERIODS, TEAM, AccountFilter
from accounts.models import Account, AccountRole
from foundation.gate import Request, gate
from foundation.keyset import CappedCount, Page, capped_count, keyset_page

FILTERS = ("q", "role", "owner", "industry", "source", "tag", "created")
KEPT = (*FILTERS, "sort")


@require_safe
@gate("accounts.view")
def account_list(request: Request) -> HttpResponse:
    """The page, or for htmx its part that changes with filters, order and page."""
    visible = Account.objects.visible_to(request.user)
    chosen = AccountFilter(request.GET, queryset=visible, request=request)
    is_sound = chosen.is_valid()
    found = chosen.qs if is_sound else visible.none()
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.ORDERS else queries.USUAL_ORDER
    page = keyset_page(
        queries.with_columns(found),
        order=queries.ORDERS[sort],
        cursor=request.GET.get("cursor"),
        size=queries.SIZE,
    )
    kept = _kept(request.GET)
    context = {
        "filter": chosen,
        "rows": queries.shown_rows(page.rows),
        "count_text": _count_text(capped_count(found) if page.rows else CappedCount(0, True)),
        "page": _links(kept, page),
        "chips": _chips(kept),
        "active": _active(kept, request.user) if is_sound else [],
        "heads": {name: _head(kept, sort, name) for name in ("name", "last", "created")},
        "kept": kept,
        "is_narrowed": any(name in kept for name in FILTERS),
        "sees_any": bool(page.rows) or queries.first_of(request.user),
        "may_create": request.user.may("accounts.create"),
        "sees_all": request.user.reach("accounts.view").everybody,
    }
    template = "accounts/list.html#clients" if request.htmx else "accounts/list.html"
    status = HTTPStatus.OK if is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, template, context, status=status)


@require_safe
@gate("accounts.view")
def filters(request: Request) -> HttpResponse:
    """The form with every filter: fetched when it is opened, so that the list never pays for its choices."""
    offered: dict[str, Any] = queries.choices(request.user)
    offered["owner"] = [(ME, _("Me")), (TEAM, _("My team")), (NOBODY, _("Nobody")), *offered["owner"]]
    offered["role"] = AccountRole.choices
    offered["created"] = list(PERIODS.items())
    kept = _kept(request.GET)
    labels = {name: each.label for name, each in AccountFilter.base_filters.items()}
    order = ("owner", "role", "industry", "source", "tag", "created")
    fields = [
        (name, labels[name], [(value, words, kept.get(name) == value) for value, words in offered[name]])
        for name in order
        if offered[name]
    ]
    template = "accounts/filters.html#form" if request.htmx else "accounts/filters.html"
    return render(request, template, {"fields": fields, "kept": kept})


def _kept(sent: Any) -> dict[str, str]:
    return {name: sent[name] for name in KEPT if sent.get(name)}


def _with(kept: dict[str, str], **changes: str | None) -> str:
    """The query string with changes; None takes a filter away. Always begins the list anew."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in (kept | changes).items() if value})  # type: ignore[arg-type]
    return query.urlencode()


def _links(kept: dict[str, str], page: Page) -> dict[str, str]:
    return {
        "previous": _with(kept, cursor=page.previous) if page.previous else "",
        "next": _with(kept, cursor=page.next) if page.next else "",
    }


def _chips(kept: dict[str, str]) -> list[dict[str, Any]]:
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
            "query": _with(kept, **{name: None if kept.get(name) == value else value}),
        }
        for name, value, title, icon in offered
    ]


def _active(kept: dict[str, str], person: Any) -> list[dict[str, str]]:
    """The filters no chip shows, as sentences with a way to remove each."""
    of_chips = {("owner", ME), ("owner", TEAM), ("owner", NOBODY), ("created", "week")}
    named = {name: value for name, value in kept.items() if name in FILTERS and name != "q"}
    named = {name: value for name, value in named.items() if (name, value) not in of_chips}
    keys = {name: int(value) for name, value in named.items() if value.isdigit()}
    words: dict[str, Any] = dict(queries.names_of(keys, person))
    words["role"] = dict(AccountRole.choices).get(named.get("role", ""))
    words["created"] = PERIODS.get(named.get("created", ""))
    return [
        {
            "text": f"{AccountFilter.base_filters[name].label}: {words.get(name) or '?'}",
            "query": _with(kept, **{name: None}),
        }
        for name in named
    ]


def _head(kept: dict[str, str], sort: str, name: str) -> dict[str, str]:
    """A sortable column: its aria-sort and the address that sorts by it, the other way round if it already does."""
    down = f"-{name}"
    state = {name: "ascending", down: "descending"}.get(sort, "none")
    first, second = (name, down) if name == "name" else (down, name)
    return {"state": state, "query": _with(kept, sort=second if sort == first else first)}


def _count_text(count: CappedCount) -> str:
    return ngettext("%(count)s client", "%(count)s clients", count.n) % {"count": count.text}
