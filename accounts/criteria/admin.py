"""Criteria in the administration. One that was answered is retired, not deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import Answer, Criterion


@admin.register(Criterion)
class CriterionAdmin(ModelAdmin):
    list_display = ["question", "part", "role", "weight", "position", "is_retired"]
    list_filter = ["part", "role", "is_retired"]
    search_fields = ["question"]
    ordering = ["part", "position", "pk"]
    fields = ["question", "help_text", "part", "role", "weight", "position", "is_retired"]

    def get_queryset(self, request: HttpRequest) -> Any:
        using = Answer.objects.filter(criterion=OuterRef("pk"))
        return super().get_queryset(request).annotate(used=Exists(using))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not obj.used
