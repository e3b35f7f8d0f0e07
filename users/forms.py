import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.rights import all_rights
from users.models import Role, User
from users.models.role import Scope

NOT_GRANTED = ""


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people settle for themselves; name, department and roles are the administrator's."""

    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Moments are shown by this clock."))

    class Meta:
        model = User
        fields = ["language", "time_zone", "theme", "has_shortcuts"]
        help_texts = {
            "has_shortcuts": _("Letters such as n for a new record. Ctrl K always opens the search.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        zones.choices = time_zones(timezone.now(), kept=self.instance.time_zone)  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False


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


def time_zones(at: datetime, *, kept: str = "") -> list[tuple[str, str]]:
    """Zones by their distance from UTC at the moment, “(UTC+05:30) Asia/Kolkata”; `kept` is offered in any case."""
    names = {
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "posix"))
    }
    offsets = []
    for name in names | {"UTC"} | ({kept} if kept else set()):
        offset = at.astimezone(zoneinfo.ZoneInfo(name)).utcoffset()
        offsets.append((offset, name))
    return [(name, f"(UTC{shown(offset)}) {name.replace('_', ' ')}") for offset, name in sorted(offsets)]


def shown(offset: Any) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
