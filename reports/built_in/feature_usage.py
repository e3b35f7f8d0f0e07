"""Which parts of the house are used, and which are not: for administrators, who decide what may go."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Q, Sum
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.clock import company_day
from reports import groups
from reports.parameters import choice
from reports.readers import Reader
from reports.registry import report
from reports.tables import Column, Kind, Row, Table, count
from users.models import FeatureUse

UNUSED_AFTER = timedelta(days=90)
ROOMS_NOT_OURS = ("admin", "account", "mfa")
SHOWN = choice(
    "show",
    gettext_lazy("Show"),
    [
        ("all", gettext_lazy("All")),
        ("unused", gettext_lazy("Unused for 90 days")),
        ("used", gettext_lazy("Used")),
    ],
)


@report(
    "feature-usage",
    title=gettext_lazy("Use of features"),
    group=groups.PEOPLE,
    description=gettext_lazy(
        "How often each page is opened and used, by role, and what nobody used for 90 days."
    ),
    parameters=[SHOWN],
    right="admin.configure",
)
def feature_usage(reader: Reader, params: dict[str, Any]) -> Table:
    since = company_day(timezone.now()) - UNUSED_AFTER
    recent = Q(day__gte=since)
    found = (
        FeatureUse.objects.order_by()
        .values_list("feature")
        .annotate(opened=Sum("opened", filter=recent), changed=Sum("changed", filter=recent), last=Max("day"))
    )
    uses = {name: (opened or 0, changed or 0, last) for name, opened, changed, last in found}
    roles = _roles(recent)
    names = sorted({*features(), *uses})
    rows = []
    for name in names:
        opened, changed, last = uses.get(name, (0, 0, None))
        is_used = bool(opened or changed)
        if params["show"] == "all" or (params["show"] == "used") == is_used:
            values = {
                "feature": name if ":" in name else f"crm:{name}",  # doors of the roof have no room's name
                "opened": opened,
                "changed": changed,
                "roles": roles.get(name, ""),
                "last": last,
            }
            rows.append(Row(values | {"is_used": _("used") if is_used else _("unused for 90 days")}))
    columns = [
        Column("feature", gettext_lazy("Feature")),
        Column("is_used", gettext_lazy("In use")),
        count("opened", gettext_lazy("Opened in 90 days")),
        count("changed", gettext_lazy("Done in 90 days")),
        Column("roles", gettext_lazy("By whom")),
        Column("last", gettext_lazy("Last used"), Kind.DATE),
    ]
    notes = [
        _("Counted by day and role, never by person; written at most once a minute."),
        _("A feature is an address of the system; “done” is when something was sent there."),
    ]
    return Table(columns, rows, notes)


def features() -> set[str]:
    """The names of all our addresses, used or not."""
    found = set()
    for part in get_resolver().url_patterns:
        room = getattr(part, "namespace", None) or getattr(part, "app_name", None)
        if isinstance(part, URLPattern):
            if part.name:
                found.add(part.name)
        elif room and room not in ROOMS_NOT_OURS:
            found |= {f"{room}:{each.name}" for each in part.url_patterns if isinstance(each, URLPattern)}
    return found - {"healthz"}


def _roles(recent: Q) -> dict[str, str]:
    """“head 12, salesperson 340” by feature, the most first."""
    found: dict[str, list[str]] = {}
    uses = FeatureUse.objects.filter(recent).order_by().values_list("feature", "role")
    rows = sorted(uses.annotate(n=Sum("opened") + Sum("changed")), key=lambda row: (-row[2], row[1]))
    nobody = _("without a role")
    for feature, role, number in rows:
        found.setdefault(feature, []).append(f"{role or nobody} {number}")
    return {feature: ", ".join(parts) for feature, parts in found.items()}
