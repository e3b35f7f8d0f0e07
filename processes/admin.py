"""Processes in the administration: how each does, and the ways to where it is built."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from processes.editing.figures import Figures, duration_short, figures
from processes.models import Process


@admin.register(Process)
class ProcessAdmin(ModelAdmin):
    """A list to look at. What a process says is changed in its outline, and its verbs write all else."""

    list_display = [
        "name", "status", "per_day", "failures", "usual", "late", "owner", "review_on", "ways",
    ]  # fmt: skip
    list_filter = ["status", "subject_kind"]
    list_select_related = ["owner", "current"]
    search_fields = ["name", "key"]
    ordering = ["name", "pk"]
    list_per_page = 50
    show_full_result_count = False
    list_before_template = "processes/editing/admin_ways.html"
    actions = None

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Figures of the rows on the page, asked for together."""
        changelist = super().get_changelist_instance(request)
        known = figures([row.pk for row in changelist.result_list], timezone.now())
        for row in changelist.result_list:
            row.figures = known[row.pk]
        return changelist

    @admin.display(description=_("begins a day"))
    def per_day(self, process: Any) -> str:
        return f"{_figures(process).per_day:.1f}"

    @admin.display(description=_("failures"))
    def failures(self, process: Any) -> int:
        return _figures(process).failures

    @admin.display(description=_("usual time"))
    def usual(self, process: Any) -> str:
        return duration_short(_figures(process).usual) or "—"

    @admin.display(description=_("late work"))
    def late(self, process: Any) -> int:
        return _figures(process).late

    @admin.display(description=_("go to"))
    def ways(self, process: Process) -> SafeString:
        links = [("design", "", _("outline")), ("design_versions", "", _("versions"))]
        links.append(("design_export", "", _("save as a file")))
        if process.current_id is not None:
            to = ("paused", _("pause")) if process.is_on else ("on", _("let it run"))
            links.append(("switch", f"?to={to[0]}", to[1]))
            if process.status != "off":
                links.append(("switch", "?to=off", _("switch off")))
        addresses = (
            (reverse(f"processes:{name}", args=[process.pk]) + more, label) for name, more, label in links
        )
        return format_html(
            "{}",
            format_html_join(
                " · ", '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', addresses
            ),
        )

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("processes:design", int(object_id))

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("processes:design_new")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its runs are history: it is switched off, never deleted."""
        return False


def _figures(process: Any) -> Figures:
    found: Figures = getattr(process, "figures", None) or Figures()
    return found
