"""Forms by which a process comes to be: a blank one, the questions of a recipe, a file; and one that ends it."""

import json
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.automation import all_subjects, named
from foundation.money import parsed_amount
from processes.editing import choices
from processes.graph.blocks import refuse_misshapen
from processes.recipes import Recipe
from users.models import Role, User

LARGEST_FILE = 1024 * 1024


class BlankForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the process"),
        max_length=120,
        help_text=gettext_lazy("For example: Approval of large deals."),
    )
    subject_kind = forms.ChoiceField(label=gettext_lazy("What is it about?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(kind, str(each.label).capitalize()) for kind, each in all_subjects().items()]
        # What most processes are about comes first.
        found.sort(key=lambda each: (each[0] not in ("deal", "account"), each[0] != "deal"))
        self.fields["subject_kind"].choices = found  # type: ignore[attr-defined]


class MoneyField(forms.CharField):
    def prepare_value(self, value: Any) -> Any:
        return value.removesuffix(".00") if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return f"{parsed_amount(text, get_language() or 'en'):.2f}" if text else ""
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble


class RecipeForm(forms.Form):
    """The name of the process and the questions of its recipe."""

    name = forms.CharField(label=gettext_lazy("Name of the process"), max_length=120)

    def __init__(self, recipe: Recipe, data: Any = None) -> None:
        super().__init__(data, initial={"name": str(recipe.title)})
        self.recipe = recipe
        for question in recipe.questions:
            if question.kind == "duration":
                self._add_duration(question)
                continue
            self.fields[question.name] = made = self._field(question)
            made.label, made.help_text, made.initial = question.label, question.help, question.default
            made.required = question.default is not None and question.kind not in ("boolean", "text")

    def _add_duration(self, question: Any) -> None:
        """An amount and its unit, a field each."""
        usual = question.default or {}
        self.fields[f"{question.name}_amount"] = forms.IntegerField(
            label=question.label,
            help_text=question.help,
            min_value=1,
            max_value=10_000,
            initial=usual.get("amount"),
        )
        self.fields[f"{question.name}_unit"] = forms.ChoiceField(
            label=_("Counted in"), choices=choices.UNITS, initial=usual.get("unit")
        )

    def _field(self, question: Any) -> forms.Field:
        match question.kind:
            case "number":
                return forms.IntegerField(min_value=0, max_value=1_000_000)
            case "money":
                return MoneyField(widget=forms.TextInput(attrs={"inputmode": "decimal"}))
            case "boolean":
                return forms.BooleanField()
            case "role":
                rows = Role.objects.order_by("name", "pk").values_list("key", "name")
                return forms.ChoiceField(choices=[(key, _(name)) for key, name in rows])
            case "person":
                people = User.objects.active().order_by("name", "pk").values_list("pk", "name")
                return forms.TypedChoiceField(choices=[("", "—"), *people], coerce=int, empty_value=None)
            case "choice":
                return _choice(question.field)
        return forms.CharField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def answers(self) -> dict[str, Any]:
        said = self.cleaned_data
        found: dict[str, Any] = {}
        for question in self.recipe.questions:
            name = question.name
            if question.kind == "duration":
                found[name] = {"amount": said[f"{name}_amount"], "unit": said[f"{name}_unit"]}
            elif said[name] != "":
                found[name] = said[name]
        return found


def _choice(name: str) -> forms.Field:
    field = named(name) if name else None
    rows = [(str(key), label) for key, label in (field.options or list)()] if field else []
    keys = {str(key): key for key, _label in (field.options or list)()} if field else {}
    return forms.TypedChoiceField(
        choices=[("", "—"), *rows], coerce=lambda text: keys[text], empty_value=None
    )


class UploadForm(forms.Form):
    """`said` is what the file says, read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A process exported here or in another installation, up to 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            self.said = json.loads(file.read().decode("utf-8-sig"))
            if isinstance(self.said, dict) and self.said.get("outline") is not None:
                refuse_misshapen(self.said["outline"])
        except (ValueError, RecursionError) as trouble:
            raise forms.ValidationError(_("This file cannot be read as a process.")) from trouble
        return file


class PublishForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("What changed"), max_length=300, required=False)
