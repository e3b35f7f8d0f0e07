"""What is asked when one field of many deals is changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.custom.bulk import custom_input
from accounts.models import Source
from changes.bulk.editing import CUSTOM
from deals.forms import day_field
from deals.models import Stage, StageKind
from users.models import User


class StageField(forms.ModelChoiceField):
    """Stages with their pipeline: “Sales: Proposal”."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.pipeline.name}: {obj.name}"


def inputs(field: str, person: Any) -> dict[str, forms.Field]:
    if field.startswith(CUSTOM):
        return custom_input("deal", field, person)
    match field:
        case "owner":
            people = User.objects.visible_to(person).active().order_by("sort_key", "pk")
            return {
                "value": forms.ModelChoiceField(
                    people, label=_("New owner"), required=False, empty_label=_("nobody")
                )
            }
        case "stage":
            stages = Stage.objects.filter(kind=StageKind.OPEN, pipeline__is_retired=False)
            ordered = stages.select_related("pipeline").order_by(
                "pipeline__position", "pipeline", "position", "pk"
            )
            return {"value": StageField(ordered, label=_("Stage"), empty_label=_("Choose"))}
        case "source":
            return {"value": forms.ModelChoiceField(Source.objects.all(), label=_("Source"), required=False)}
        case "expected_close_on":
            return {"value": day_field(_("Expected close"))}
    return {
        "next_step": forms.CharField(label=_("Next step"), max_length=200, required=False),
        "next_step_on": day_field(_("Day")),
    }
