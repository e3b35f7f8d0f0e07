"""Panels of the client's card for each role, in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.models import PanelSetting
from accounts.panels import PLACE
from foundation.panels import panels_at
from users.models import User


def titles() -> dict[str, str]:
    """{key: title} of every panel there is."""
    return {panel.key: str(panel.title) for panel in panels_at(PLACE, User.objects.robot())}


class PanelSettingForm(forms.ModelForm):  # type: ignore[type-arg]
    key = forms.ChoiceField(label=_("panel"))

    class Meta:
        model = PanelSetting
        fields = ["role", "key", "position", "is_hidden"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = list(titles().items())  # type: ignore[attr-defined]


@admin.register(PanelSetting)
class PanelSettingAdmin(ModelAdmin):
    """What is not said here stands where it always stood. Nobody sees more by it than their rights let them."""

    form = PanelSettingForm
    list_display = ["role", "key", "position", "is_hidden"]
    list_filter = ["role", "is_hidden"]
    list_select_related = ["role"]
    ordering = ["role", "position", "pk"]
