"""Territories in the administration: who answers for which part of the world."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import Territory, TerritoryPlace


class PlaceForm(ModelForm):
    class Meta:
        model = TerritoryPlace
        fields = ["country", "city", "postcode"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.has_changed() and not any(said.get(name) for name in ("country", "city", "postcode")):
            raise ValidationError(_("Say a country, a city or the beginning of a postcode."))
        return said


class PlaceFormSet(BaseInlineFormSet):
    """One place lies in one territory."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for form in self.forms:
            said = form.cleaned_data
            if not said or said.get("DELETE"):
                continue
            same = TerritoryPlace.objects.filter(
                country__iexact=said["country"],
                city__iexact=said["city"],
                postcode__iexact=said["postcode"],
            )
            other = same.exclude(territory=self.instance.pk).select_related("territory").first()
            if other is not None:
                raise ValidationError(
                    _("“%(place)s” lies in the territory “%(other)s” already.")
                    % {"place": other, "other": other.territory}
                )


class PlaceInline(TabularInline):
    model = TerritoryPlace
    form = PlaceForm
    formset = PlaceFormSet
    extra = 1


@admin.register(Territory)
class TerritoryAdmin(ModelAdmin):
    list_display = ["name", "person"]
    list_select_related = ["person"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    inlines = [PlaceInline]
