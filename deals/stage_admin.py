"""The rules of a stage, in the administration: reached from the stage's line in its pipeline."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from deals.models import Stage, StageKind, StageMap, StageRule
from deals.requirements import Need
from deals.stage_objections import Draft, objection
from users.models import Role


class StageRuleForm(forms.ModelForm):
    needs = forms.MultipleChoiceField(
        label=_("A deal must have"),
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is missing is asked for when somebody moves a deal here."),
    )

    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        label=_("Who may move deals here"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: whoever may move the deal."),
    )
    allowed_next = forms.ModelMultipleChoiceField(
        Stage.objects.none(),
        label=_("From here only to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: to any stage. A deal may be lost from everywhere."),
    )

    class Meta:
        model = StageRule
        fields = ["needs", "least_activities", "no_skip", "roles", "allowed_next"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or cleaned.get("DELETE"):
            return cleaned
        draft = Draft(
            stage=self.instance.stage,
            no_skip=cleaned["no_skip"],
            least_activities=cleaned["least_activities"],
            allowed_next=frozenset(stage.pk for stage in cleaned["allowed_next"]),
            roles=list(cleaned["roles"]),
        )
        against = objection(draft)
        if against is not None:
            self.add_error(against.field, against.sentence)
        return cleaned


class StageRuleInline(StackedInline):
    model = StageRule
    form = StageRuleForm
    verbose_name_plural = _("Rules of the stage")
    extra = 0
    max_num = 1
    can_delete = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A deal goes on within its pipeline; it may be lost from everywhere, so that is not offered."""
        formset = super().get_formset(request, obj, **kwargs)
        if obj is not None:
            others = Stage.objects.filter(pipeline=obj.pipeline_id).exclude(pk=obj.pk)
            field = formset.form.base_fields["allowed_next"]
            field.queryset = others.exclude(kind=StageKind.LOST).order_by("position", "pk")
        return formset


class StageMapForm(forms.ModelForm):
    class Meta:
        model = StageMap
        fields = ["to_stage"]


class StageMapFormSet(forms.BaseInlineFormSet):
    """One stage for each other pipeline."""

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            stage = form.cleaned_data.get("to_stage") if form.is_valid() else None
            if stage is None or form.cleaned_data.get("DELETE"):
                continue
            if stage.pipeline_id in seen:
                said = {"pipeline": stage.pipeline.name}
                form.add_error("to_stage", gettext("“%(pipeline)s” has its stage already.") % said)
            seen.add(stage.pipeline_id)


class StageMapInline(TabularInline):
    """Where its deals go on when they change to another pipeline."""

    model = StageMap
    form = StageMapForm
    formset = StageMapFormSet
    fk_name = "from_stage"
    verbose_name = _("pipeline")
    verbose_name_plural = _("When a deal goes to another pipeline")
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields["to_stage"]
        stages = Stage.objects.filter(kind=StageKind.OPEN).select_related("pipeline")
        if obj is not None:
            stages = stages.exclude(pipeline=obj.pipeline_id)
        field.queryset = stages.order_by("pipeline__position", "pipeline_id", "position", "pk")
        field.label_from_instance = lambda stage: f"{stage.pipeline.name}: {stage.name}"
        return formset


@admin.register(Stage)
class StageAdmin(ModelAdmin):
    """What a stage is stands in its pipeline, and is changed there."""

    list_display = ["name", "pipeline", "kind"]
    list_filter = ["pipeline"]
    list_select_related = ["pipeline"]
    ordering = ["pipeline__position", "pipeline", "position", "pk"]
    fields = ["pipeline", "name", "kind"]
    readonly_fields = ["pipeline", "name", "kind"]
    inlines = [StageRuleInline, StageMapInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
