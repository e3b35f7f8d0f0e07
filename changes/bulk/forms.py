"""The forms of a bulk edit: one field, and the number to type where it is about many."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from changes.bulk.editing import Edit
from changes.bulk.kinds import BulkKind

TYPED_FROM = 500


class BulkForm(forms.Form):
    """`field` is what is to be changed, as the kind names it. One input is its value, several are a dict of them."""

    def __init__(self, *args: Any, kind: BulkKind, field: str, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        self.fields |= dict(kind.inputs(field, person))

    def edit(self) -> Edit:
        """What was asked for, as JSON keeps it."""
        said = {name: _json(value) for name, value in self.cleaned_data.items()}
        return Edit(self.field, said["value"] if said.keys() == {"value"} else said)


class ConfirmForm(forms.Form):
    """How many there are, typed by whoever changes many."""

    number = forms.IntegerField(label=_("Type how many there are, to go on"), required=False)

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = total

    @property
    def is_asked(self) -> bool:
        return self.total > TYPED_FROM

    def clean_number(self) -> int | None:
        number: int | None = self.cleaned_data["number"]
        if self.is_asked and number != self.total:
            raise forms.ValidationError(
                _("There are %(n)d. Type that number to change them all."), params={"n": self.total}
            )
        return number


def _json(value: Any) -> Any:
    if hasattr(value, "pk"):
        return value.pk
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str):
        return value.replace("\x00", "").strip() or None
    return value.isoformat() if hasattr(value, "isoformat") else value
