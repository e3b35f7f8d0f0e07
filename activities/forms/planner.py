from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from users.models import User


class PlannerMoveForm(forms.Form):
    """To whom and to which day; what is left as it is stays so."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("To whom"), empty_label=None)
    day = forms.DateField(
        label=_("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty, a task that is not dated stays so"),
    )

    def __init__(self, *args: Any, task: Any, person: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.today = task, today
        reach = person.reach("activities.plan")
        people = User.objects.active()
        planned = people if reach.everybody else people.filter(pk__in=reach.people)
        self.fields["owner"].queryset = planned | User.objects.filter(pk=task.owner_id)  # type: ignore[attr-defined]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day < self.today and day != self.initial.get("day"):
            raise forms.ValidationError(_("Choose today or a later day."))
        return day
