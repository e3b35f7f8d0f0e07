"""Purposes of consent in the administration. One that somebody spoke about is retired, not deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import Consent, ConsentPurpose
from accounts.models.consent import EVERYDAY


@admin.register(ConsentPurpose)
class ConsentPurposeAdmin(ModelAdmin):
    list_display = ["__str__", "key", "needs_consent", "position", "is_retired"]
    search_fields = ["name", "key"]
    ordering = ["position", "pk"]
    fields = ["name", "key", "needs_consent", "position", "is_retired"]

    def get_queryset(self, request: HttpRequest) -> Any:
        using = Consent.objects.filter(purpose=OuterRef("pk"))
        return super().get_queryset(request).annotate(used=Exists(using))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Day-to-day contact is what calls and messages ask about: silence means yes there, always."""
        if obj is None:
            return []
        return ["key", "needs_consent", "is_retired"] if obj.key == EVERYDAY else ["key"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj is not None else {"key": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and obj.key != EVERYDAY and not obj.used
