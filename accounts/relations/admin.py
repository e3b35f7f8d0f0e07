"""Kinds of relations in the administration. One in use is retired, not deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import Relation, RelationKind


@admin.register(RelationKind)
class RelationKindAdmin(ModelAdmin):
    list_display = ["__str__", "key", "is_tree", "is_symmetric", "position", "is_retired"]
    list_filter = ["is_tree", "is_retired"]
    search_fields = ["from_label", "to_label", "key"]
    ordering = ["position", "pk"]
    prepopulated_fields = {"key": ["from_label"]}
    fields = ["from_label", "to_label", "key", "is_symmetric", "is_tree", "position", "is_retired"]

    def get_queryset(self, request: HttpRequest) -> Any:
        using = Relation.objects.filter(kind=OuterRef("pk"))
        return super().get_queryset(request).annotate(used=Exists(using))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What rows and imports rest on stays as it was made."""
        return ["key", "is_symmetric", "is_tree"] if obj is not None else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj is not None else {"key": ["from_label"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One at a time, never the holding (“subsidiary of” rests on it), and only while no relation is of it."""
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and obj.key != "holding" and not obj.used
