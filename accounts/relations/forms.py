"""Relating two clients: only what is well formed; the rules are in the verbs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.fields import AccountField
from accounts.models import Account, Relation, RelationKind
from accounts.relations.shown import choices


def day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class PeriodForm(forms.Form):
    """From when until when, and a note."""

    since = day_field(gettext_lazy("Since"))
    until = day_field(gettext_lazy("Last day"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def period(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("since", "until", "note")}


class RelationForm(PeriodForm):
    """Another client, and what it is to this one."""

    other = AccountField(label=gettext_lazy("The other client"))
    what = forms.ChoiceField(label=gettext_lazy("is this client's"))
    field_order = ["other", "what", "since", "until", "note"]

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].person = person  # type: ignore[attr-defined]
        self.fields["what"].choices = choices()  # type: ignore[attr-defined]

    def tie(self, account: Account, **parts: Any) -> Relation:
        """`parts` are `by` and `at`."""
        key, side = self.cleaned_data["what"].split(":")
        kind, other = RelationKind.objects.get(pk=key), self.cleaned_data["other"]
        first, second = (other, account) if side == "from" else (account, other)
        return Relation.tie(kind, first, second, **self.period(), **parts)
