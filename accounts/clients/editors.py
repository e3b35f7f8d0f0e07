"""The cells of clients that are changed where they stand, each by the verb it has elsewhere."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import AccountForm, AssignForm
from accounts.models import Account, ContactPoint, Industry, Source
from accounts.models.contact_point import PointKind
from accounts.operations import tags_named
from accounts.phones import shown
from foundation.errors import Refused
from lists.cells import Editor

CHANGE, ASSIGN = "accounts.change", "accounts.assign"
POINT_ORDER = (F("contact_id").asc(nulls_first=True), "-is_preferred", "-kind", "pk")
KEYBOARDS = {PointKind.EMAIL: "email", PointKind.PHONE: "tel"}


def first_point(account: Account) -> ContactPoint | None:
    """The phone or e-mail the list shows: the client's own before its people's, preferred ones first."""
    points = ContactPoint.objects.filter(account=account, kind__in=[*KEYBOARDS])
    return points.select_related("account", "contact").order_by(*POINT_ORDER).first()


def _asked(name: str) -> Callable[[Any, Any], Mapping[str, forms.Field]]:
    """A field of the client's form, made anew."""
    return lambda _account, _person: {name: deepcopy(AccountForm.base_fields[name])}


def _change(account: Account, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    account.change(said, by=by, at=at, version=version)


def _plain(name: str) -> Editor:
    return Editor(
        right=CHANGE,
        fields=_asked(name),
        initial=lambda account: {name: getattr(account, name)},
        verb=_change,
    )


def _word(name: str, model: Any, label: Any) -> Editor:
    """A word of a short list; a retired one stays choosable where the client has it."""

    def fields(account: Account, _person: Any) -> dict[str, forms.Field]:
        offered = model.objects.filter(Q(is_retired=False) | Q(pk=getattr(account, f"{name}_id")))
        return {
            name: forms.ModelChoiceField(
                offered, label=label, required=False, empty_label=gettext_lazy("Not known")
            )
        }

    return Editor(
        right=CHANGE, fields=fields, initial=lambda account: {name: getattr(account, name)}, verb=_change
    )


def _owner(_account: Account, person: Any) -> Mapping[str, forms.Field]:
    return AssignForm(person=person).fields


def _assign(account: Account, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    account.assign(said["owner"], by=by, at=at, version=version)


def _tags(account: Account) -> dict[str, Any]:
    return {"tags": list(account.tags.order_by("name").values_list("name", flat=True))}


def _label(account: Account, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    account.label_with(tags_named(said["tags"]), by=by, at=at)


def _point_field(account: Account, _person: Any) -> dict[str, forms.Field]:
    point = first_point(account)
    keyboard = KEYBOARDS[PointKind(point.kind)] if point else "text"
    widget = forms.TextInput({"inputmode": keyboard, "autocapitalize": "off", "spellcheck": "false"})
    label = gettext_lazy("Phone or e-mail")
    return {"point": forms.CharField(label=label, required=False, max_length=254, widget=widget)}


def _point(account: Account) -> dict[str, Any]:
    point = first_point(account)
    return {"point": "" if point is None else shown(point.value) if point.kind == "phone" else point.value}


def _reach(account: Account, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> str | None:
    """Another value of the one there is, or the first one. What was added is taken away on the card, not by undo."""
    point, value = first_point(account), said["point"]
    if not value:
        raise Refused(_("To take it away, open the client."))
    if point is not None:
        point.correct(value, seen=point.value, by=by, at=at)
        return None
    kind = PointKind.EMAIL if "@" in value else PointKind.PHONE
    ContactPoint.add(account, kind=kind, value=value, by=by, at=at)
    return ""


EDITORS = {
    "name": _plain("name"),
    "role": _plain("roles"),
    "owner": Editor(
        right=ASSIGN, fields=_owner, initial=lambda account: {"owner": account.owner}, verb=_assign
    ),
    "point": Editor(right=CHANGE, fields=_point_field, initial=_point, verb=_reach),
    "tags": Editor(right=CHANGE, fields=_asked("tags"), initial=_tags, verb=_label),
    "kind": _plain("kind"),
    "industry": _word("industry", Industry, gettext_lazy("Industry")),
    "source": _word("source", Source, gettext_lazy("Source")),
    "employees": _plain("employees"),
    "revenue": _plain("annual_revenue"),
    "website": _plain("website"),
    "founded": _plain("founded_year"),
}
