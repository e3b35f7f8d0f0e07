"""A custom field changed in its cell."""

from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.custom.definitions import Definition
from accounts.custom.filters import PREFIX
from accounts.custom.forms import MAKERS, ClientField
from accounts.models import Account
from foundation.errors import Refused
from lists.cells import Editor


def custom_editor(field: Definition, right: str) -> Editor:
    """For a field that is no formula; the record's `change` checks the value and keeps it."""
    name = PREFIX + field.key

    def fields(record: Any, person: Any) -> dict[str, forms.Field]:
        kept = record.custom.get(field.key)
        made = MAKERS[field.kind](field, kept)
        made.definition, made.kept = field, kept
        if isinstance(made, ClientField):
            made.person = person
            if kept is not None and not Account.objects.visible_to(person).filter(pk=kept).exists():
                raise Refused(_("This names a client that you do not see."))
        return {name: made}

    def initial(record: Any) -> dict[str, Any]:
        kept = record.custom.get(field.key)
        if field.kind == "date" and kept:
            kept = parse_date(kept)
        if field.kind == "relation" and kept is not None:
            kept = Account.objects.filter(pk=kept).first()
        return {name: kept}

    def save(record: Any, said: dict[str, Any], *, by: Any, at: Any, version: int) -> None:
        record.change({"custom": {field.key: said[name]}}, by=by, at=at, version=version)

    return Editor(right=right, fields=fields, initial=initial, verb=save)
