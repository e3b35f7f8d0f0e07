"""Pipelines, their stages and the loss reasons, in the administration. What stands in use is kept from harm."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline

from deals.models import Deal, LossReason, Pipeline, Stage, StageEvent, StageKind
from deals.stage_admin import StageAdmin as StageAdmin


def is_in_use(stage: Stage) -> bool:
    """Whether deals stand in the stage or went through it."""
    return Deal.objects.filter(stage=stage).exists() or StageEvent.objects.filter(to_stage=stage).exists()


class StageForm(ModelForm):
    class Meta:
        model = Stage
        fields = ["name", "kind", "position", "probability", "norm_days", "quiet_days", "guidance"]

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if self.instance.pk and kind != self.initial.get("kind") and is_in_use(self.instance):
            raise ValidationError(
                _(
                    "Deals went through “%(stage)s”: another type would rewrite what was won and lost. Add a new stage."
                )
                % {"stage": self.instance.name}
            )
        return kind


class StageFormSet(BaseInlineFormSet):
    """A pipeline works with at least one stage of each type; a stage in use is not deleted."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        kinds = [form.cleaned_data["kind"] for form in kept]
        missing = [str(kind.label) for kind in StageKind if kind not in kinds]
        if missing:
            raise ValidationError(
                _("A pipeline needs at least one stage of each type. Missing: %(types)s.")
                % {"types": ", ".join(missing)}
            )
        for form in self.deleted_forms:
            if form.instance.pk and is_in_use(form.instance):
                raise ValidationError(_refusal(form.instance))


class StageInline(TabularInline):
    model = Stage
    form = StageForm
    formset = StageFormSet
    extra = 0
    ordering = ["position", "pk"]
    ordering_field = "position"
    hide_ordering_field = False
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # Django's own refusal names every event that is in the way; the sentence of StageFormSet is enough.
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.hand_clean_DELETE = lambda self: None
        return formset


@admin.register(Pipeline)
class PipelineAdmin(ModelAdmin):
    list_display = ["name", "position", "weighting", "is_retired"]
    list_editable = ["position"]
    inlines = [StageInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A pipeline with deals is retired, never deleted."""
        used = obj is not None and Deal.objects.filter(pipeline=obj).exists()
        return not used and obj is not None and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its stages go with it, although they protect it from anybody else."""
        _deletable, counts, needed, _protected = super().get_deleted_objects(objs, request)
        stages = list(Stage.objects.filter(pipeline__in=objs))
        used = [_refusal(stage) for stage in stages if is_in_use(stage)]
        # Stages are never deleted by themselves in the administration; with their pipeline they are.
        return [str(each) for each in [*objs, *stages]], counts, needed - {Stage._meta.verbose_name}, used

    def delete_model(self, request: HttpRequest, obj: Pipeline) -> None:
        obj.stages.all().delete()
        obj.delete()


@admin.register(LossReason)
class LossReasonAdmin(ModelAdmin):
    list_display = ["name", "position", "is_retired"]
    list_editable = ["position", "is_retired"]
    ordering = ["position", "name"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A reason deals were lost for is retired, never deleted."""
        used = obj is not None and Deal.objects.filter(loss_reason=obj).exists()
        return not used and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _refusal(stage: Stage) -> str:
    n = Deal.objects.filter(stage=stage).count()
    if n:
        return ngettext(
            "“%(stage)s” cannot be deleted: %(n)s deal stands in it. Move it elsewhere, or retire the pipeline.",
            "“%(stage)s” cannot be deleted: %(n)s deals stand in it. Move them elsewhere, or retire the pipeline.",
            n,
        ) % {"stage": stage.name, "n": n}
    return _(
        "“%(stage)s” cannot be deleted: deals went through it, and reports count them there. "
        "Rename it, or retire the pipeline and make another."
    ) % {"stage": stage.name}
