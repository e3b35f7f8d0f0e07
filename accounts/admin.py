"""The short lists of words. One in use is retired, not deleted: old records keep it, new ones are not offered it."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.completeness.admin import CompletenessRuleAdmin
from accounts.consents.admin import ConsentPurposeAdmin
from accounts.criteria.admin import CriterionAdmin
from accounts.custom.admin import CustomFieldAdmin
from accounts.models import Account, DuplicateRule, Industry, Source, Tag
from accounts.panel_admin import PanelSettingAdmin
from accounts.relations.admin import RelationKindAdmin
from accounts.territory_admin import TerritoryAdmin

__all__ = [
    "CompletenessRuleAdmin",
    "ConsentPurposeAdmin",
    "CriterionAdmin",
    "CustomFieldAdmin",
    "DuplicateRuleAdmin",
    "IndustryAdmin",
    "PanelSettingAdmin",
    "RelationKindAdmin",
    "SourceAdmin",
    "TagAdmin",
    "TerritoryAdmin",
]


class WordAdmin(ModelAdmin):
    list_display = ["name", "is_used", "is_retired"]
    list_filter = ["is_retired"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    used_by: str

    def get_queryset(self, request: HttpRequest) -> Any:
        using = Account.objects.filter(**{self.used_by: OuterRef("pk")})
        return super().get_queryset(request).annotate(used=Exists(using))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a word that no client carries, and one at a time."""
        return super().has_delete_permission(request, obj) and obj is not None and not obj.used

    @admin.display(description=_("used"), boolean=True)
    def is_used(self, word: Any) -> bool:
        return bool(word.used)


@admin.register(Industry)
class IndustryAdmin(WordAdmin):
    used_by = "industry"


@admin.register(Source)
class SourceAdmin(WordAdmin):
    used_by = "source"


@admin.register(Tag)
class TagAdmin(WordAdmin):
    used_by = "tags"


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(ModelAdmin):
    list_display = ["kind", "strictness"]
    list_editable = ["strictness"]
    ordering = ["kind"]
