"""The ground's tables in the administration, and how every admin page of the house calls verbs."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline

from foundation.drain import retry
from foundation.errors import Refused
from foundation.models import CalendarException, Delivery, ExchangeRate, WorkingCalendar, WorkingHours


class VerbAdmin(ModelAdmin):
    """Edits a record through its verbs: `create(fields)` and `change(record, changes)`. Nothing is deleted here.

    A refusal is shown above the page and nothing is kept.
    """

    def create(self, fields: dict[str, Any], *, by: Any, at: datetime) -> Any:
        return self.model.create(**fields, by=by, at=at)

    def change(self, record: Any, changes: dict[str, Any], *, by: Any, at: datetime) -> None:
        record.change(changes, by=by, at=at)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, at = request.user, timezone.now()
        if change:
            self.change(obj, {name: form.cleaned_data[name] for name in form.changed_data}, by=by, at=at)
        else:
            obj.pk = self.create(dict(form.cleaned_data), by=by, at=at).pk
            obj._state.adding = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The verbs have kept the lists too."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return or_refused(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return or_refused(request, super().delete_view, *args, **kwargs)


def or_refused(request: HttpRequest, page: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """The admin's page; where a verb refuses, the same page again with the sentence above it."""
    try:
        return page(request, *args, **kwargs)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(request.get_full_path())


class WorkingHoursInline(TabularInline):
    model = WorkingHours
    extra = 0


class CalendarExceptionInline(TabularInline):
    model = CalendarException
    extra = 0


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(ModelAdmin):
    list_display = ["name", "time_zone", "parent", "is_default"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    inlines = [WorkingHoursInline, CalendarExceptionInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.rules()  # refuses parents that go round in a circle

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return or_refused(request, super().changeform_view, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and not obj.is_default and super().has_delete_permission(request, obj)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ModelAdmin):
    list_display = ["currency", "on", "rate", "source"]
    list_filter = ["currency"]
    date_hierarchy = "on"


@admin.register(Delivery)
class StuckDeliveryAdmin(ModelAdmin):
    """Reactions that failed too often. Read what went wrong, mend the cause, then let them be tried again."""

    list_display = ["handler", "event_id", "event_at", "attempts", "stuck_at", "last_words"]
    readonly_fields = ["handler", "event_id", "event_at", "attempts", "stuck_at", "error"]
    fields = readonly_fields
    ordering = ["stuck_at", "pk"]
    actions = ["try_again"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).filter(stuck_at__isnull=False, done_at__isnull=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("last error"))
    def last_words(self, delivery: Delivery) -> str:
        return delivery.error.strip().rpartition("\n")[2][:200]

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        n = retry(chosen)
        said = ngettext("%(n)d reaction is tried again.", "%(n)d reactions are tried again.", n) % {"n": n}
        messages.success(request, said)
