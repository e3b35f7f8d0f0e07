"""The outbox in the administration: what is stuck, and why; and letting it be tried again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from users.models import Sending
from users.sending import retry


@admin.register(Sending)
class StuckSendingAdmin(ModelAdmin):
    """Mails and browser messages that failed too often. Mend the cause, then let them be tried again."""

    list_display = ["title", "person", "channel", "attempts", "stuck_at", "last_words"]
    list_select_related = ["person"]
    readonly_fields = ["title", "person", "channel", "kind", "attempts", "made_at", "stuck_at", "error"]
    fields = readonly_fields
    ordering = ["stuck_at", "pk"]
    actions = ["try_again"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sending]:
        return super().get_queryset(request).filter(stuck_at__isnull=False, sent_at__isnull=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("last error"))
    def last_words(self, sending: Sending) -> str:
        return sending.error.strip().rpartition("\n")[2][:200]

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[Sending]) -> None:
        n = retry(chosen)
        said = ngettext("%(n)d sending is tried again.", "%(n)d sendings are tried again.", n) % {"n": n}
        messages.success(request, said)
