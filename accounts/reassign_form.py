"""Who takes a client or a deal: a button for each who is near, a choice of all, and what goes along."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import AssignForm
from accounts.reassigning import Along


class ReassignForm(AssignForm):
    """`to` is the button of a person; without it the choice counts. `along` are kinds that go with the client."""

    along = forms.MultipleChoiceField(
        label=_("What goes along"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *args: Any, offered: Sequence[Along] = (), **kwargs: Any) -> None:
        if data is not None and data.get("to"):
            data = data.copy()
            data["owner"] = data["to"]
        super().__init__(data, *args, **kwargs)
        self.offered = {each.kind.record: each for each in offered}
        self.fields["owner"].label = _("Somebody else")
        self.fields["owner"].help_text = ""
        self.fields["along"].choices = [  # type: ignore[attr-defined]
            (record, each.words) for record, each in self.offered.items()
        ]
        self.initial.setdefault("along", list(self.offered))
        if not self.offered:
            del self.fields["along"]

    @property
    def chosen(self) -> list[Along]:
        return [self.offered[record] for record in self.cleaned_data.get("along", [])]
