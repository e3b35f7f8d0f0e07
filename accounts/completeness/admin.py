"""Rules of completeness in the administration. After a change every client is counted anew within minutes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.completeness.counting import field_label, fields
from accounts.models import CompletenessRule


class CompletenessRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    field = forms.ChoiceField(label=_("field"))

    class Meta:
        model = CompletenessRule
        fields = ["role", "field", "weight", "is_required", "is_retired"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.field
        offered = fields()
        if kept and kept not in dict(offered):
            offered = [(kept, field_label(kept)), *offered]
        self.fields["field"].choices = offered  # type: ignore[attr-defined]


@admin.register(CompletenessRule)
class CompletenessRuleAdmin(ModelAdmin):
    """Retired, not deleted: so that clients are counted anew without it."""

    form = CompletenessRuleForm
    list_display = ["words", "role", "weight", "is_required", "is_retired", "is_counted"]
    list_filter = ["role", "is_required", "is_retired"]
    ordering = ["role", "-weight", "pk"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("field"))
    def words(self, rule: CompletenessRule) -> str:
        return field_label(rule.field)

    @admin.display(description=_("counted"), boolean=True)
    def is_counted(self, rule: CompletenessRule) -> bool:
        return rule.counted_at is not None
