"""What can be taken out: the lists of clients, deals and invoices as somebody has arranged them, and the people at
clients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clients import columns as client_columns
from accounts.custom.columns import named_clients
from accounts.models import Contact, ContactPoint, Tag
from billing.queries.invoice_columns import ListPage as InvoicePage
from deals.models.deal import State
from deals.queries.columns import ListPage as DealPage
from deals.queries.list import ONLY_OPEN
from foundation.errors import Forbidden
from integrations.exporting.values import Output, outputs_of
from lists.arranging import Arrangement
from lists.registry import registered
from lists.sorting import order_of, terms_of

CONTACTS, INVOICES = "contacts", "invoices"
TITLES = {
    "clients": gettext_lazy("Clients"),
    CONTACTS: gettext_lazy("People at clients"),
    "deals": gettext_lazy("Deals"),
    INVOICES: gettext_lazy("Invoices"),
}
RECORDS = {"clients": "client", "deals": "deal"}
WHOLE = {
    "tag_names": ArraySubquery(
        Tag.objects.filter(account=OuterRef("pk")).order_by("name").values("name")
    )  # the list shows three
}


@dataclass(frozen=True)
class Taken:
    """`rows` are values() in the order of the list; `page_of(rows)` is what is the same for some of them."""

    key: str
    query: str
    outputs: Sequence[Output]
    rows: Any
    page_of: Callable[[list[dict[str, Any]]], Any]

    @property
    def title(self) -> str:
        return str(TITLES[self.key])


def taken(key: str, query: QueryDict, person: Any) -> Taken:
    """What the address of a list shows this person. 404 for a list there is not, 403 where they may not see it."""
    if key not in TITLES:
        raise Http404
    of = registered("clients" if key == CONTACTS else key)
    if not person.may(of.gate):
        raise Forbidden(of.gate)
    arrangement = Arrangement(of, person, query, of.url)
    if key == CONTACTS:
        return _people(arrangement)
    offered = of.columns()
    terms = terms_of(query.get("sort", ""), offered) or (of.sort,)
    outputs = [output for column in arrangement.columns for output in outputs_of(column, WHOLE)]
    order = order_of(terms, offered)
    made = {name: made for output in outputs for name, made in output.computed.items()}
    made = {
        name: made for term in terms for name, made in offered[term.removeprefix("-")].computed.items()
    } | made
    needs = dict.fromkeys(("pk", *(need for output in outputs for need in output.needs)))
    names = list(dict.fromkeys((*needs, *(term.removeprefix("-") for term in order))))
    computed = {name: expression for name, expression in made.items() if name in names}
    rows = of.rows(_filters(key, query, terms), person).annotate(**computed).order_by(*order).values(*names)

    def page_of(some: list[dict[str, Any]]) -> Any:
        if key == INVOICES:
            return InvoicePage.of(timezone.now())
        named = named_clients(RECORDS[key], [*arrangement.columns], some, person)
        return DealPage.of(timezone.now(), named) if key == "deals" else client_columns.ListPage(named)

    return Taken(key, query.urlencode(), outputs, rows, page_of)


def _filters(key: str, query: QueryDict, terms: Sequence[str]) -> QueryDict:
    """As the list of deals reads them: an order only open deals have shows those."""
    if key == "deals" and terms[0] in ONLY_OPEN and not query.get("state"):
        query = query.copy()
        query["state"] = State.OPEN
    return query


def _people(clients: Arrangement) -> Taken:
    """The people at the clients of the list, by client and name."""
    chosen = clients.of.rows(clients.query, clients.person)
    rows = (
        Contact.objects.visible_to(clients.person)
        .filter(account__in=chosen.order_by().values("pk"))
        .annotate(phones=_points("phone"), emails=_points("email"), messengers=_points("messenger"))
        .order_by("account__sort_key", "sort_key", "pk")
    )
    labels = {
        "account__name": _("Client"),
        "name": _("Full name"),
        "position": _("Position"),
        "phones": _("Phone"),
        "emails": _("E-mail"),
        "messengers": _("Messenger"),
        "note": _("Note"),
    }
    outputs = [Output(label, (name,), _value(name)) for name, label in labels.items()]
    return Taken(CONTACTS, clients.query.urlencode(), outputs, rows.values("pk", *labels), lambda _some: None)


def _points(kind: str) -> ArraySubquery:
    found = ContactPoint.objects.filter(contact=OuterRef("pk"), kind=kind).order_by("pk")
    return ArraySubquery(found.values("value"))


def _value(name: str) -> Callable[[Any, Any], Any]:
    return lambda row, _page: row[name]
