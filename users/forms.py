import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from foundation.rights import all_rights
from foundation.search_text import normalised
from users.models import Role, Theme, User
from users.models.role import Scope

NOT_GRANTED = ""
# The other zones are old names for these.
CONTINENTS = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/"),
    *("Australia/", "Europe/", "Indian/", "Pacific/"),
)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people settle for themselves; name, department and roles are the administrator's."""

    class Meta:
        model = User
        fields = ["language", "theme", "time_zone", "has_shortcuts"]
        widgets = {
            "time_zone": forms.TextInput(
                attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}
            )
        }
        help_texts = {
            "has_shortcuts": _("Letters such as n for a new record. Ctrl K always opens the search.")
        }

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = time_zones(at)
        here = at.astimezone(zoneinfo.ZoneInfo(self.instance.time_zone))
        self.fields["time_zone"].help_text = _(
            "Moments are shown by this clock, now %(time)s (%(distance)s). Type a city to choose another."
        ) % {"time": date_format(here, "TIME_FORMAT"), "distance": shown(here.utcoffset())}
        self.fields["theme"].choices = [(value, capfirst(label)) for value, label in Theme.choices]  # type: ignore[attr-defined]

    def clean_time_zone(self) -> str:
        """The zone as it is written in the list, or just its city: “new york” is America/New_York."""
        typed: str = self.cleaned_data["time_zone"]
        if typed in zoneinfo.available_timezones():
            return typed
        wanted = normalised(typed.replace("_", " "))
        whole = {name for name, _label in self.zones if normalised(name.replace("_", " ")) == wanted}
        cities = {name for name, _label in self.zones if normalised(city_of(name)) == wanted}
        for found in (whole, cities):
            if len(found) == 1:
                return found.pop()
        raise forms.ValidationError(
            _("There is no time zone called %(name)s. Choose one from the list."), params={"name": typed[:60]}
        )


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A colleague as the administrator sees them."""

    new_password = forms.CharField(
        label=_("new password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Leave empty to keep the one they have, or to let them set it by “Forgot the password?”."
        ),
    )

    class Meta:
        model = User
        fields = [
            "name",
            "email",
            "department",
            "roles",
            "calendar",
            "language",
            "time_zone",
            "theme",
            "is_active",
        ]

    def clean_email(self) -> str | None:
        return (self.cleaned_data["email"] or "").strip().lower() or None

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role with one field for each right; made by role_form(), once all rooms have declared their rights."""

    class Meta:
        model = Role
        fields = ["name", "key"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True
            for grant in self.instance.grants.all():
                self.initial[field_of(grant.verb)] = grant.scope

    @staticmethod
    def grants(fields: Mapping[str, Any]) -> dict[str, str]:
        """Right → scope, of the rights that are granted at all."""
        return {verb: scope for verb in all_rights() if (scope := fields.get(field_of(verb), NOT_GRANTED))}


def field_of(verb: str) -> str:
    return f"may_{verb.replace('.', '_')}"


@cache
def role_form() -> type[RoleForm]:
    fields = {
        field_of(right.verb): forms.ChoiceField(
            label=right.label,
            required=False,
            choices=[
                (NOT_GRANTED, _("no")),
                *(Scope.choices if right.is_scoped else [(Scope.ALL.value, _("yes"))]),
            ],
        )
        for right in all_rights().values()
    }
    return type("RoleForm", (RoleForm,), fields)


def time_zones(at: datetime) -> list[tuple[str, str]]:
    """Zones by their distance from UTC at the moment: ("Asia/Kolkata", "(UTC+05:30) Kolkata")."""
    names = {name for name in zoneinfo.available_timezones() if name.startswith(CONTINENTS)} | {"UTC"}
    placed = sorted((at.astimezone(zoneinfo.ZoneInfo(name)).utcoffset(), name) for name in names)
    return [(name, f"({shown(distance)}) {city_of(name)}") for distance, name in placed]


def city_of(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def shown(distance: timedelta | None) -> str:
    """A distance from UTC: “UTC-03:30”."""
    minutes = int(distance.total_seconds() // 60) if distance else 0
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
