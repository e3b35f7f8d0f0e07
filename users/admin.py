"""Who works here, in the administration. Colleagues are never deleted, only made inactive."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from foundation.errors import Refused
from foundation.rights import all_rights
from users.models import Department, Grant, Role, User


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    verb = forms.ChoiceField(label=_("right"))

    class Meta:
        model = Grant
        fields = ["verb", "scope"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [(right.verb, right.label) for right in all_rights().values()]  # type: ignore[attr-defined]


class GrantInline(TabularInline):
    model = Grant
    form = GrantForm
    extra = 0


@admin.register(Role)
class RoleAdmin(ModelAdmin):
    list_display = ["name", "key"]
    inlines = [GrantInline]


class DepartmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Department
        fields = ["name", "parent", "head", "calendar"]

    def clean_parent(self) -> Department | None:
        parent = self.cleaned_data["parent"]
        try:
            self.instance.refuse_below_itself(parent)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None
        return parent


@admin.register(Department)
class DepartmentAdmin(ModelAdmin):
    form = DepartmentForm
    list_display = ["indented", "head", "calendar"]
    list_select_related = ["head", "calendar"]
    search_fields = ["name"]
    autocomplete_fields = ["head"]

    @admin.display(description=_("department"), ordering="path")
    def indented(self, department: Department) -> str:
        return "\N{NO-BREAK SPACE}" * 4 * department.depth + department.name


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    new_password = forms.CharField(
        label=_("new password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one they have, or to let them set it by “Forgot password”."),
    )

    class Meta:
        model = User
        fields = [
            "name",
            "email",
            "department",
            "roles",
            "calendar",
            "language",
            "time_zone",
            "theme",
            "is_active",
        ]


@admin.register(User)
class UserAdmin(ModelAdmin):
    form = UserForm
    list_display = ["name", "email", "department", "is_active"]
    list_filter = ["is_active", "roles", "department"]
    list_select_related = ["department"]
    search_fields = ["name", "email"]
    ordering = ["sort_key", "pk"]
    filter_horizontal = ["roles"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(is_robot=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if form.cleaned_data["new_password"]:
            obj.set_password(form.cleaned_data["new_password"])
        elif not change:
            obj.set_unusable_password()
        obj.save()

