"""The form of an automatic action: which, and its arguments, each asked for as its kind wants."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.money import parsed_amount
from processes.editing import choices
from processes.editing.block_forms import NamedForm
from processes.editing.forms import Part

FROM_FIELD = "field:"
# Kinds of arguments that a field of the record may fill, and the kinds of those fields.
FILLED_BY = {
    "person": ("person",),
    "date": ("date", "moment"),
    "moment": ("moment",),
    "money": ("money", "number"),
}
LONG = frozenset({"text", "description", "note"})


class ActionForm(NamedForm):
    action = forms.ChoiceField(label=gettext_lazy("What is done"))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {"action": value.get("action", "")}

    def prepare(self) -> None:
        super().prepare()
        labels = self.around.action_labels
        kept = self.value.get("action") or ""
        gone = [(kept, kept)] if kept and kept not in dict(labels) else []
        self.fields["action"].choices = [*gone, *labels]  # type: ignore[attr-defined]
        self.fields["action"].widget.attrs["data-again"] = ""
        chosen = self.data.get("action") if self.is_bound else kept
        self.chosen = str(chosen or "")
        said = (self.value.get("arguments") or {}) if self.chosen == kept else {}
        self.kinds, required = self.around.arguments_of(self.chosen)
        for name, kind in self.kinds.items():
            self.fields[f"arg-{name}"] = self._field(name, kind, said.get(name))
            self.fields[f"arg-{name}"].required = name in required
            self.initial[f"arg-{name}"] = _shown(said.get(name), kind)

    def _field(self, name: str, kind: str, kept: Any) -> forms.Field:
        label = choices.ARGUMENTS.get(name) or name.replace("_", " ").capitalize()
        if kind == "who":
            return forms.ChoiceField(label=label, choices=choices.who_choices(self.around, kept))
        offered = [(str(key), words) for key, words in self.around.options_of_argument(kind)]
        fields = self.around.fields_like(*FILLED_BY.get(kind, ()))
        if offered or kind in ("person", "date"):
            return forms.ChoiceField(label=label, choices=self._choices(offered, fields, kept, kind))
        if kind in ("number", "money"):
            return forms.CharField(
                label=label, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
            )
        widget = forms.Textarea(attrs={"rows": 2}) if name in LONG else forms.TextInput()
        help_text = _("{%(kind)s.title} and other fields in braces are filled in.") % {
            "kind": self.around.kind
        }
        return forms.CharField(
            label=label, max_length=2_000, widget=widget, help_text=help_text if kind == "text" else ""
        )

    def _choices(self, offered: list[Any], fields: list[Any], kept: Any, kind: str) -> list[Any]:
        of_fields = [(f"{FROM_FIELD}{name}", words) for name, words in fields]
        rows: list[Any] = [("", _("the owner of the record") if kind == "person" else "—")]
        shown = _shown(kept, kind)
        if shown and shown not in dict(offered) | dict(of_fields):
            rows.append((shown, shown))
        rows += [(_("What the record says"), of_fields)] if of_fields else []
        return rows + ([(_("Always the same"), offered)] if offered and of_fields else offered)

    def parts(self) -> list[Part]:
        arguments = [f"arg-{name}" for name in self.kinds]
        texts = [name for name, kind in self.kinds.items() if kind == "text"]
        places = [self.places(*(f"arg-{name}" for name in texts))] if texts else []
        return [self.row("action"), self.row(*arguments), *places, self.row("name")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, kind in self.kinds.items():
            if kind in ("number", "money") and said.get(f"arg-{name}"):
                try:
                    number = parsed_amount(said[f"arg-{name}"], "en")
                    said[f"arg-{name}"] = int(number) if number == int(number) else str(number)
                except ValueError as trouble:
                    self.add_error(f"arg-{name}", str(trouble))
        return said

    def changes(self) -> dict[str, Any]:
        said = {name: _read(self.cleaned_data[f"arg-{name}"], kind) for name, kind in self.kinds.items()}
        kept = (self.value.get("arguments") or {}) if self.chosen == self.value.get("action") else {}
        unknown = {name: value for name, value in kept.items() if name not in self.kinds}
        filled = {name: value for name, value in said.items() if value not in (None, "")}
        return super().changes() | {"action": self.chosen, "arguments": unknown | filled}


def _shown(value: Any, kind: str) -> str:
    if kind == "who":
        return choices.who_written(value) or "owner"
    if isinstance(value, dict) and "field" in value:
        return f"{FROM_FIELD}{value['field']}"
    return "" if value is None else str(value)


def _read(value: Any, kind: str) -> Any:
    if kind == "who":
        return choices.who_read(value)
    if isinstance(value, str) and value.startswith(FROM_FIELD):
        return {"field": value.removeprefix(FROM_FIELD)}
    if isinstance(value, str) and value.isdigit() and kind not in ("text", "date"):
        return int(value)
    return value
