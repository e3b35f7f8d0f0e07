"""Task templates and meeting rooms, in the administration. What stands in use is retired, not deleted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import CharField, ModelForm, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from activities.models import Meeting, MeetingRoom, Task, TaskTemplate

LONGEST_CHAIN = 50


class TaskTemplateForm(ModelForm):
    """The checklist a line each; a chain that comes back to itself would never end."""

    checklist = CharField(
        label=gettext_lazy("checklist"),
        required=False,
        widget=Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("one line for each thing to tick"),
    )

    class Meta:
        model = TaskTemplate
        fields = [
            "name", "title", "kind", "due_in", "estimate", "checklist", "followed_by", "is_automatic", "is_retired",
            "position",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["checklist"] = "\n".join(self.instance.checklist or ())

    def clean_checklist(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["checklist"].splitlines()]
        if any(len(line) > 200 for line in lines):
            raise ValidationError(_("A line of the checklist has at most 200 characters."))
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        follows, seen = cleaned.get("followed_by"), {self.instance.pk}
        while follows is not None and len(seen) < LONGEST_CHAIN:
            if follows.pk in seen and follows.is_automatic and cleaned.get("is_automatic"):
                raise ValidationError(
                    _("“%(name)s” comes again in this chain, and all of it is planned without asking.")
                    % {"name": follows.name}
                )
            if follows.pk in seen:
                break
            seen.add(follows.pk)
            follows = follows.followed_by
        return cleaned


class Kept(ModelAdmin):
    """Nothing in use is deleted; many at once never are."""

    def is_used(self, obj: Any) -> bool:
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        used = obj is not None and self.is_used(obj)
        return not used and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(TaskTemplate)
class TaskTemplateAdmin(Kept):
    form = TaskTemplateForm
    list_display = [
        "name",
        "title",
        "kind",
        "due_in",
        "followed_by",
        "is_automatic",
        "position",
        "is_retired",
    ]
    list_editable = ["position", "is_retired"]
    list_select_related = ["followed_by"]
    search_fields = ["name", "title"]

    def is_used(self, obj: TaskTemplate) -> bool:
        return Task.objects.filter(template=obj).exists()


@admin.register(MeetingRoom)
class MeetingRoomAdmin(Kept):
    list_display = ["name", "seats", "is_retired"]
    list_editable = ["is_retired"]
    search_fields = ["name"]

    def is_used(self, obj: MeetingRoom) -> bool:
        return Meeting.objects.filter(room=obj).exists()
