"""The right side of a client's card: our own panels beside those of upper rooms, as a role and a person have them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Value
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import FoldedPanel, PanelSetting
from foundation import panels
from foundation.panels import Panel, panels_at

PLACE = "account.card"
OWN = [
    # key, title, template, order; the page has read already what they show
    ("people", _("Contacts"), "accounts/people.html", 5),
    ("relations", _("Relations"), "accounts/relations_panel.html", 60),
    ("criteria", _("Portrait and qualification"), "accounts/criteria_panel.html", 70),
    ("consents", _("Consents"), "accounts/consents_panel.html", 80),
]


@dataclass(frozen=True, slots=True)
class Placed:
    panel: Panel
    is_folded: bool


def register() -> None:
    for key, title, template, order in OWN:
        panels.register(Panel(PLACE, key, title, _drawn_by(template), "accounts.view", order=order))


def layout_json(person: Any) -> ArraySubquery:
    """For annotating accounts: what is set for the person's roles, as JSON."""
    roles = list(getattr(person, "policy_roles", ()))
    set_for = PanelSetting.objects.filter(role__key__in=roles).order_by("key", "pk")
    return ArraySubquery(
        set_for.values(json=JSONObject(key="key", position="position", is_hidden="is_hidden"))
    )


def folds_json(person: Any) -> ArraySubquery:
    folded = FoldedPanel.objects.filter(person=person.pk).order_by("key")
    return ArraySubquery(folded.values(json=JSONObject(key="key", is_folded=Value(True))))


def placed(person: Any, layout: list[dict[str, Any]], folds: list[dict[str, Any]]) -> list[Placed]:
    """The panels this person may see and does, in their order. No statement."""
    roles = len(getattr(person, "policy_roles", ()))
    said: dict[str, list[dict[str, Any]]] = {}
    for row in layout:
        said.setdefault(row["key"], []).append(row)
    folded = {row["key"] for row in folds}
    found = []
    for panel in panels_at(PLACE, person):
        rows = said.get(panel.key, [])
        if rows and len(rows) >= roles and all(row["is_hidden"] for row in rows):
            continue
        shown = [row["position"] for row in rows if not row["is_hidden"]]
        found.append((min(shown, default=panel.order), panel.key, Placed(panel, panel.key in folded)))
    return [each for _order, _key, each in sorted(found, key=lambda row: row[:2])]


def keys(person: Any) -> set[str]:
    return {panel.key for panel in panels_at(PLACE, person)}


def _drawn_by(template: str) -> Callable[[HttpRequest, Any], tuple[str, dict[str, Any]]]:
    return lambda request, account: (template, {})
