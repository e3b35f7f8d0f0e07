"""Fields of a calculator, as its parameters say. Bounds and choices are looked at by the calculator itself."""

from typing import Any

from django import forms

from catalog.models import Calculator


class CalculatorForm(forms.Form):
    def __init__(self, *args: Any, calculator: Calculator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in calculator.parameters.all():
            label = f"{each.label}, {each.unit}" if each.unit else each.label
            if each.options.strip():
                choices = [(words, words) for words in each.choices]
                self.fields[each.key] = forms.ChoiceField(label=label, choices=choices)
            else:
                is_bound = each.least is not None or each.most is not None
                self.fields[each.key] = forms.CharField(
                    label=label,
                    max_length=30,
                    initial="" if each.least is None else f"{each.least.normalize():f}",
                    help_text=each.bounds if is_bound else "",
                    widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                )
