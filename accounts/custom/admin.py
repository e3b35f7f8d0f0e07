"""Custom fields in the administration: what is asked of clients, contacts and deals beyond the house's own fields."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from accounts.custom.homes import carries, served
from accounts.models import CustomField, CustomOption
from accounts.models.custom_field import WITH_OPTIONS, RecordKind


class CustomFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CustomField
        fields = [
            *("record", "label", "key", "kind", "help_text", "unit", "least", "most", "decimals", "formula"),
            *("is_required", "is_indexed", "position", "is_retired"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = served()
        self.fields["record"].choices = [each for each in RecordKind.choices if each[0] in kinds]  # type: ignore[attr-defined]
        if self.instance.pk:
            for name in ("record", "key", "kind"):
                self.fields[name].disabled = True


class OptionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CustomOption
        fields = ["label", "key", "position", "is_retired"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True


class OptionRows(BaseInlineFormSet):  # type: ignore[type-arg]
    """Options stay while a record carries them, and stand only where something is chosen."""

    def clean(self) -> None:
        super().clean()
        field = self.instance
        if any(self.errors):
            return
        rows = [row for row in self.forms if row.cleaned_data]
        for row in rows:
            if row.cleaned_data.get("DELETE") and carries(field.record, field.key, row.instance.key):
                raise ValidationError(
                    _("“%(option)s” stands on records: retire it instead.") % {"option": row.instance.label}
                )
        left = [row for row in rows if not row.cleaned_data.get("DELETE")]
        if field.kind in WITH_OPTIONS and not left:
            raise ValidationError(_("Give the options to choose from."))
        if left and field.kind not in WITH_OPTIONS:
            raise ValidationError(_("Only fields to choose from have options."))


class CustomOptionInline(TabularInline):
    model = CustomOption
    form = OptionForm
    formset = OptionRows
    extra = 1


@admin.register(CustomField)
class CustomFieldAdmin(ModelAdmin):
    """Retired, not deleted, while a record carries a value. Indexes follow within a minute, made by a worker."""

    form = CustomFieldForm
    inlines = [CustomOptionInline]
    list_display = ["label", "record", "kind", "key", "is_required", "is_indexed", "is_retired"]
    list_filter = ["record", "kind", "is_retired"]
    search_fields = ["label", "key"]
    ordering = ["record", "position", "pk"]
    fieldsets = [
        (None, {"fields": ["record", "label", "key", "kind", "help_text"]}),
        (gettext_lazy("Numbers"), {"fields": ["unit", "least", "most", "decimals", "formula"]}),
        (gettext_lazy("Use"), {"fields": ["is_required", "is_indexed", "position", "is_retired"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One at a time, and only while no record carries a value of it."""
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and not carries(obj.record, obj.key)
