"""The short lists of words. One in use is retired, not deleted: old records keep it, new ones are not offered it."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.models import Account, Industry, Source, Tag


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
