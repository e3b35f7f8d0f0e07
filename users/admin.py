"""Who works here and what they may do, in the administration. Colleagues are never deleted, only made inactive."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import Group  # type: ignore[attr-defined]  # the stubs do not know it there
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from foundation.admin import VerbAdmin
from users import handing_over
from users.forms import RoleForm, UserForm, role_form
from users.models import Department, Role, User
from users.notification_admin import StuckSendingAdmin

__all__ = ["DepartmentAdmin", "RoleAdmin", "StuckSendingAdmin", "UserAdmin"]

# Rights come from roles; a group would look as if it gave some. Imported from its admin, so that it is registered.
admin.site.unregister(Group)


@admin.register(Role)
class RoleAdmin(VerbAdmin):
    list_display = ["name", "key"]
    ordering = ["name", "pk"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[RoleForm]:
        return role_form()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        rights = [name for name in role_form().base_fields if name not in {"name", "key"}]
        return [
            (None, {"fields": ["name", "key"]}),
            (_("What they may do, and to whose records"), {"fields": rights}),
        ]

    def create(self, fields: dict[str, Any], *, by: Any, at: datetime) -> Role:
        return Role.create(
            key=fields["key"], name=fields["name"], grants=RoleForm.grants(fields), by=by, at=at
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            form.changed_data = list(form.cleaned_data)  # the verb takes all grants at once
        super().save_model(request, obj, form, change)

    def change(self, record: Role, changes: dict[str, Any], *, by: Any, at: datetime) -> None:
        record.change(name=changes["name"], grants=RoleForm.grants(changes), by=by, at=at)


@admin.register(Department)
class DepartmentAdmin(VerbAdmin):
    list_display = ["indented", "head", "calendar"]
    list_select_related = ["head", "calendar"]
    search_fields = ["name"]
    fields = ["name", "parent", "head", "calendar"]
    autocomplete_fields = ["head"]
    ordering = ["path"]

    @admin.display(description=_("department"), ordering="path")
    def indented(self, department: Department) -> str:
        return "\N{NO-BREAK SPACE}" * 4 * department.depth + department.name


@admin.register(User)
class UserAdmin(VerbAdmin):
    form = UserForm
    list_display = ["name", "email", "department", "is_active"]
    list_filter = ["is_active", "roles", "department"]
    list_select_related = ["department"]
    search_fields = ["name", "email"]
    ordering = ["sort_key", "pk"]
    filter_horizontal = ["roles"]
    actions_detail = ["hand_over"]

    @action(description=_("Hand over what they answer for"), url_path="hand-over")
    def hand_over(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect(handing_over.page_of(object_id))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(is_robot=False)

    def create(self, fields: dict[str, Any], *, by: Any, at: datetime) -> User:
        password, may_sign_in = fields.pop("new_password") or None, fields.pop("is_active")
        user = User.join(**fields, password=password, by=by, at=at)
        if not may_sign_in:
            user.deactivate(by=by, at=at)
        return user

    def change(self, record: User, changes: dict[str, Any], *, by: Any, at: datetime) -> None:
        may_sign_in = changes.pop("is_active", None)
        if "new_password" in changes:
            changes["password"] = changes.pop("new_password")
        if changes:
            record.change(changes, by=by, at=at)
        if may_sign_in is not None:
            (record.reactivate if may_sign_in else record.deactivate)(by=by, at=at)
