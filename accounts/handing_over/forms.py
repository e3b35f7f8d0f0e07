"""The forms of the hand-over wizard."""

from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models.hand_over import RIGHT, Way
from users.models import User

TYPED_FROM = 500


class PlanForm(forms.Form):
    """Why, to whom and by which way."""

    why = forms.ChoiceField(
        label=_("Why"),
        choices=[("leaves", _("Leaves for good")), ("away", _("Is away for a time"))],
        widget=forms.RadioSelect,
        initial="leaves",
    )
    shuts_out = forms.BooleanField(
        label=_("Shut out at once"),
        help_text=_("Who leaves can no longer sign in, and every session of theirs ends."),
        required=False,
    )
    until = forms.DateField(
        label=_("Away until"),
        help_text=_("Everything goes back by one click."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    receivers = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Who takes over"), widget=forms.CheckboxSelectMultiple
    )
    way = forms.ChoiceField(
        label=_("Who gets what"),
        choices=[(value, capfirst(label)) for value, label in Way.choices],
        widget=forms.RadioSelect,
        initial=Way.RELATIONS,
    )

    def __init__(self, *args: Any, person: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beside = Case(When(department=person.department_id, then=Value(0)), default=Value(1))
        people = User.objects.active().exclude(pk=person.pk).order_by(beside, "sort_key", "pk")
        reach = by.reach(RIGHT)
        if not reach.everybody:
            people = people.filter(pk__in=sorted(reach.people))
        self.fields["receivers"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("why") == "away" and "until" in said and said["until"] is None:
            self.add_error("until", _("Say until when."))
        return said

    def plan(self) -> dict[str, Any]:
        """What `HandOver.plan` takes."""
        said = self.cleaned_data
        is_away = said["why"] == "away"
        return {
            "receivers": list(said["receivers"]),
            "way": said["way"],
            "until": said["until"] if is_away else None,
            "shuts_out": said["shuts_out"] and not is_away,
        }


class StartForm(forms.Form):
    """The number of records, typed by whoever gives many."""

    number = forms.IntegerField(label=_("Type the number of records to go on"), required=False)

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
                _("There are %(n)d records. Type that number to hand them all over."),
                params={"n": self.total},
            )
        return number
