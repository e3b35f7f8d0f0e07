from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from users.models import Channel, NotificationSettings
from users.notifications import choices
from users.notifications.kinds import kinds


@dataclass(frozen=True)
class Cell:
    """A box of the matrix."""

    id: str
    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Line:
    label: Any
    icon: str
    cells: list[Cell]


def clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class NotificationSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Quiet hours, digests, and the matrix of what by which way. The matrix is `wish`: “kind:channel”, each once."""

    wish = forms.MultipleChoiceField(required=False, label=_("what, and how"))

    class Meta:
        model = NotificationSettings
        fields = ["quiet_from", "quiet_until", "has_morning", "has_monday", "digest_at"]
        widgets = {"quiet_from": clock(), "quiet_until": clock(), "digest_at": clock()}

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["wish"].choices = [  # type: ignore[attr-defined]
            (f"{kind.key}:{channel}", channel) for kind in kinds() for channel in Channel.values
        ]

    def wanted(self) -> set[tuple[str, str]]:
        """(kind, channel) pairs that were ticked."""
        pairs = (each.rpartition(":") for each in self.cleaned_data["wish"])
        return {(kind, channel) for kind, _colon, channel in pairs}

    def matrix(self) -> list[tuple[Any, list[Line]]]:
        """The kinds by their group, a box for each channel; ticked as typed, else as it is now."""
        if self.is_bound:
            on: set[str] = set(self.data.getlist("wish"))  # type: ignore[attr-defined]
        else:
            wishes = choices.wishes([self.person.pk], [kind.key for kind in kinds()])
            on = {f"{key}:{channel}" for (_person, key), ways in wishes.items() for channel in ways}
        groups: dict[str, tuple[Any, list[Line]]] = {}
        for kind in kinds():
            _label, lines = groups.setdefault(str(kind.group), (kind.group, []))
            lines.append(Line(kind.label, f"ti ti-{kind.icon}", list(_cells(kind, on))))
        return list(groups.values())


def _cells(kind: Any, on: set[str]) -> Iterable[Cell]:
    for channel in Channel:
        value = f"{kind.key}:{channel.value}"
        yield Cell(
            value.replace(".", "-").replace(":", "-"), value, f"{kind.label}: {channel.label}", value in on
        )
