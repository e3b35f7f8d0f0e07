"""Panels: how an upper room shows something on a lower room's page without the lower room knowing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """`draw(request, record)` returns a template name and its context."""

    place: str
    key: str
    title: Any
    draw: Callable[[HttpRequest, Any], tuple[str, dict[str, Any]]]
    gate: str
    order: int = 100


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    _panels[panel.place, panel.key] = panel


def panels_at(place: str, person: Any) -> list[Panel]:
    """The panels of a place that this person may see, in order."""
    here = [panel for panel in _panels.values() if panel.place == place and person.may(panel.gate)]
    return sorted(here, key=lambda panel: (panel.order, panel.key))
