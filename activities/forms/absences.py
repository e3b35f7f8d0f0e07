from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.repeat import day_field
from activities.models import Absence
from users.models import User


class AbsenceForm(forms.Form):
    """Whole days of one person. Who may note others' chooses among the people their right reaches."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None)
    kind = forms.ChoiceField(label=_("Why"), choices=Absence.Kind.choices)
    starts_on = day_field(_("From"), required=True)
    ends_on = day_field(_("Until"), required=True)
    substitute = forms.ModelChoiceField(
        User.objects.none(), label=_("Who stands in"), required=False, empty_label=_("nobody")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, reader: Any, absence: Absence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_for(reader)  # type: ignore[attr-defined]
        kept = User.objects.filter(pk=absence.substitute_id if absence else None)
        people = User.objects.visible_to(reader).active() | kept
        self.fields["substitute"].queryset = people.distinct()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and not 2000 <= first.year <= 2099:
            self.add_error("starts_on", _("Choose a day of this century."))
        if first and last and last < first:
            self.add_error("ends_on", _("It cannot end before it begins."))
        return cleaned


def people_for(reader: Any) -> Any:
    """Those whose absences a person may note down: their own, and whom their right reaches."""
    people = User.objects.active()
    reach = reader.reach("activities.absences")
    return people if reach.everybody else people.filter(pk__in={*reach.people, reader.pk})
