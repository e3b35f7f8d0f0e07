"""Who is forgotten: leads nobody has touched, and groups of clients nobody sells to."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, AccountRole, Industry, Source, Tag
from activities.models import Call, Meeting, Message
from activities.models.call import CallResult
from foundation.clock import company_day
from foundation.statements import statement
from reports import groups
from reports.built_in.won import owner_name
from reports.parameters import DEPARTMENT, OWNER, choice
from reports.readers import Reader
from reports.registry import report
from reports.selections import select
from reports.tables import Column, Kind, Row, Table, count

MOST = 1_000
BY = choice(
    "by",
    gettext_lazy("Groups by"),
    [
        ("industry", gettext_lazy("Industry")),
        ("source", gettext_lazy("Source")),
        ("tag", gettext_lazy("Tag")),
    ],
)
GROUPS: dict[str, tuple[str, Any]] = {
    "industry": ("industry_id", Industry),
    "source": ("source_id", Source),
    "tag": ("tags", Tag),
}
# The day a client last bought anything, found once for all; then the clients by their group.
SALES = """
    WITH client AS ({clients}),
    sale AS (SELECT account_id, max(closed_on) AS last_on FROM deals_deal
             WHERE state = 'won' AND account_id IS NOT NULL GROUP BY 1)
    SELECT client.grouped, count(*), count(*) FILTER (WHERE sale.last_on >= %s), max(sale.last_on)
    FROM client LEFT JOIN sale ON sale.account_id = client.id GROUP BY 1
"""
ANSWER = "SELECT * FROM ({what}) AS answer"


def _days(key: str, title: Any, *numbers: int) -> Any:
    return choice(key, title, [(str(n), str(n)) for n in numbers])


OLDER = _days("older", gettext_lazy("Added more than … days ago"), 3, 0, 1, 7, 14, 30, 90)
WITHOUT = _days("days", gettext_lazy("No sale in … days"), 90, 30, 60, 180, 365, 730)


@report(
    "untouched-leads",
    title=gettext_lazy("Leads nobody has touched"),
    group=groups.OPEN,
    description=gettext_lazy("Leads without a call that reached them, a message or a meeting, oldest first."),
    parameters=[DEPARTMENT, OWNER, OLDER],
)
def untouched_leads(reader: Reader, params: dict[str, Any]) -> Table:
    before = timezone.now() - timedelta(days=int(params["older"]))
    leads = _clients(reader, params).filter(roles__contains=[AccountRole.LEAD], created_at__lte=before)
    same = {"account": OuterRef("pk")}
    touched = [
        Call.objects.filter(**same, result=CallResult.REACHED),
        Message.objects.filter(**same),
        Meeting.objects.filter(**same, occurrences__held_at__isnull=False),
    ]
    for each in touched:
        leads = leads.exclude(Exists(each.order_by()))
    found = list(
        leads.order_by("created_at", "pk").values_list(
            "pk", "name", "owner_id", "source__name", "created_at"
        )[: MOST + 1]
    )
    rows = [
        Row(
            {
                "client": name,
                "person": owner_name(reader, owner_id),
                "source": source or "",
                "added": company_day(created_at),
            },
            {"client": reverse("accounts:card", args=[pk])},
        )
        for pk, name, owner_id, source, created_at in found[:MOST]
    ]
    columns = [
        Column("client", gettext_lazy("Client")),
        Column("person", gettext_lazy("Person")),
        Column("source", gettext_lazy("Source")),
        Column("added", gettext_lazy("Added"), Kind.DATE),
    ]
    notes = [_("A call nobody answered touches nobody; a meeting counts once it was held.")]
    if len(found) > MOST:
        notes.append(_("Only the oldest %(n)d are shown: choose a person or a longer time.") % {"n": MOST})
    return Table(columns, rows, notes)


@report(
    "groups-without-sales",
    title=gettext_lazy("Client groups without sales"),
    group=groups.WON,
    description=gettext_lazy("Groups of clients by how many bought nothing for so many days, worst first."),
    parameters=[DEPARTMENT, OWNER, BY, WITHOUT],
)
def groups_without_sales(reader: Reader, params: dict[str, Any]) -> Table:
    column, model = GROUPS[params["by"]]
    since = company_day(timezone.now()) - timedelta(days=int(params["days"]))
    found = _sales(_clients(reader, params), column, since)
    names = dict(model.objects.values_list("pk", "name"))
    rows = []
    for key, clients, bought, last_on in sorted(
        found, key=lambda row: (row[2] > 0, row[2] - row[1], row[0] or 0)
    ):
        url = f"{reverse('accounts:list')}?{params['by']}={key}" if key is not None else ""
        values = {
            "group": names.get(key, _("none")),
            "clients": clients,
            "bought": bought,
            "without": clients - bought,
            "last": last_on,
        }
        rows.append(Row(values, {"clients": url} if url else {}))
    columns = [
        Column("group", gettext_lazy("Group")),
        count("clients", gettext_lazy("Clients")),
        count("bought", _("Bought since %(day)s") % {"day": since.isoformat()}),
        count("without", gettext_lazy("Bought nothing")),
        Column("last", gettext_lazy("Last sale"), Kind.DATE),
    ]
    return Table(columns, rows, [_("A sale is a deal won; a client with several tags counts in each.")])


def _clients(reader: Reader, params: dict[str, Any]) -> Any:
    """Those the reader sees, of the people asked for."""
    clients = Account.objects.visible_to(reader.user)
    if params.get("owner") or params.get("department"):
        clients = clients.filter(owner_id__in=sorted(select(reader, params).people or ()))
    return clients


def _sales(clients: Any, column: str, since: date) -> list[tuple[Any, ...]]:
    """(group, clients, of them bought since the day, day of the last sale). One statement."""
    grouped = clients.filter(roles__overlap=[AccountRole.CLIENT, AccountRole.LEAD])
    sql, said = statement(grouped.order_by().annotate(grouped=F(column)).values("id", "grouped"))
    with connection.cursor() as cursor:
        cursor.execute(ANSWER.format(what=SALES.format(clients=sql)), [*said, since])
        return cursor.fetchall()
