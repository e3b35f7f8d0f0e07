"""What a call or the form brings, checked alike: whom it is about, and answers to what the process asks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from processes.forms import field_for


class IntakeForm(forms.Form):
    """`asked`: the questions of the beginning. `website` is seen by robots only."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any = None, *, asked: list[Mapping[str, Any]], needs_address: bool) -> None:
        super().__init__(data)
        self.asked, self.needs_address = asked, needs_address
        for place, each in enumerate(asked):
            self.fields[f"answer_{place}"] = field_for(each)

    @classmethod
    def of_call(cls, said: Mapping[str, Any], *, asked: list[Mapping[str, Any]]) -> "IntakeForm":
        """From what a call names as the process does."""
        data = {name: said.get(name, "") for name in ("name", "email", "phone")}
        data |= {f"answer_{place}": said.get(each["name"], "") for place, each in enumerate(asked)}
        return cls({name: _plain(value) for name, value in data.items()}, asked=asked, needs_address=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.needs_address and not (said.get("email") or said.get("phone")) and not self.errors:
            self.add_error("email", _("Write your e-mail or your phone, so that you can be answered."))
        return said

    @property
    def answer_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("answer_")]

    def answers(self) -> dict[str, Any]:
        return {each["name"]: self.cleaned_data[f"answer_{place}"] for place, each in enumerate(self.asked)}

    def sentence(self) -> str:
        """What is wrong, as a caller knows the names."""
        names = {f"answer_{place}": each["name"] for place, each in enumerate(self.asked)}
        wrong = self.errors.get_json_data()
        return " ".join(
            f"{names.get(field, field)}: {each['message']}" for field, all_ in wrong.items() for each in all_
        )


def _plain(value: Any) -> Any:
    """As a form would have sent it: numbers and texts as they are, yes and no, and nothing nested."""
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value) if isinstance(value, str | int | float) else ""
