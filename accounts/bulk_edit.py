"""Many clients changed together: what can be, who may, and how it is written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import facts
from accounts.assigning import assign_many
from accounts.clients.filters import AccountFilter
from accounts.custom import values
from accounts.custom.bulk import custom_choices, custom_columns, custom_input
from accounts.models import Account, Industry, Source
from changes.bulk import kinds
from changes.bulk.editing import CUSTOM, Edit, Judge, Verdict
from changes.bulk.kinds import BulkKind, BulkWords
from changes.bulk.selecting import unreadable
from changes.bulk.writing import update_columns
from foundation import panels
from foundation.panels import Panel
from foundation.telling import tell_many
from users.models import User

COLUMNS = {"owner": "owner_id", "source": "source_id", "industry": "industry_id"}
LABELS = [("owner", _("Owner")), ("source", _("Source")), ("industry", _("Industry"))]
WORDS = BulkWords(
    list=_("Clients"),
    tick=_("Tick clients to change or merge them"),
    kept_in_trash=_(
        "They go into the trash with their contacts, deals, tasks, notes and files, "
        "from where they can be put back for ninety days."
    ),
    change=ngettext_lazy("Change %(n)d client", "Change %(n)d clients", "n"),
    picked=ngettext_lazy("%(n)d client selected", "%(n)d clients selected", "n"),
    changed=ngettext_lazy("%(n)d client changed", "%(n)d clients changed", "n"),
    field_of=ngettext_lazy("%(field)s of %(n)d client", "%(field)s of %(n)d clients", "n"),
    given=ngettext_lazy("%(n)d client is yours now", "%(n)d clients are yours now", "n"),
    delete=ngettext_lazy("Delete %(n)d client?", "Delete %(n)d clients?", "n"),
    put=ngettext_lazy("Put %(n)d client into the trash", "Put %(n)d clients into the trash", "n"),
    trashed=ngettext_lazy("%(n)d client is in the trash.", "%(n)d clients are in the trash.", "n"),
    into_trash=ngettext_lazy("%(n)d client into the trash", "%(n)d clients into the trash", "n"),
)


class ClientJudge(Judge):
    def __init__(self, edit: Edit, by: Any) -> None:
        columns = custom_columns("client", edit) if edit.custom_key else {COLUMNS[edit.field]: edit.value}
        right = "accounts.assign" if edit.field == "owner" else "accounts.change"
        super().__init__(edit, by, right=right, columns=columns)


def inputs(field: str, person: Any) -> dict[str, forms.Field]:
    if field.startswith(CUSTOM):
        return custom_input("client", field, person)
    if field == "owner":
        people = User.objects.visible_to(person).active().order_by("sort_key", "pk")
        return {
            "value": forms.ModelChoiceField(
                people, label=_("New owner"), required=False, empty_label=_("nobody")
            )
        }
    words: dict[str, Any] = {"source": Source.objects, "industry": Industry.objects}
    offered = words[field].filter(is_retired=False)
    return {"value": forms.ModelChoiceField(offered, label=dict(LABELS)[field], required=False)}


def filtered(query: Any, person: Any) -> Any:
    """Refused where the filter cannot be read: it would find all."""
    request = HttpRequest()
    request.user = person
    asked = AccountFilter(query, queryset=Account.objects.visible_to(person), request=request)
    if not asked.is_valid():
        raise unreadable()
    return asked.qs


def write(verdicts: Sequence[Verdict], *, by: Any, at: datetime) -> None:
    """What `account.assign` and `account.change` would write."""
    owners = {each.record.pk: each.columns["owner_id"] for each in verdicts if "owner_id" in each.columns}
    with transaction.atomic():
        if owners:
            assign_many(owners, by=by, at=at)
        _change([each for each in verdicts if "owner_id" not in each.columns], by=by, at=at)


def register() -> None:
    kinds.register(CLIENTS)
    CLIENTS.elsewhere("merge", "accounts:merge_selected")
    panels.register(
        Panel(
            "bulk.client",
            "merge",
            _("Merge"),
            lambda *_args: ("accounts/merge_option.html", {}),
            "accounts.change",
        )
    )


def _change(verdicts: Sequence[Verdict], *, by: Any, at: datetime) -> None:
    told, written = [], {"version", "last_event_at"}
    for account, columns, _why in verdicts:
        names = values.named([*columns], account.custom, columns.get("custom", {}))
        for name, value in columns.items():
            setattr(account, name, value)
        account.version += 1
        account.last_event_at = at
        written |= columns.keys()
        fields = [name.removesuffix("_id") for name in names]
        told.append((facts.AccountChanged(account_id=account.pk, fields=fields), at))
    update_columns([each.record for each in verdicts], sorted(written))
    tell_many(told, by=by)


CLIENTS = BulkKind(
    record="client",
    title="name",
    order="pk",
    list_url="accounts:list",
    given="account.many_assigned",
    words=WORDS,
    records=lambda person: Account.objects.visible_to(person),
    filtered=filtered,
    fields=lambda: [*((name, str(label)) for name, label in LABELS), *custom_choices("client")],
    columns=COLUMNS,
    inputs=inputs,
    judge=ClientJudge,
    write=write,
    trash_right="accounts.delete",
)
