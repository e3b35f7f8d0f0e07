"""The chips above list and board: one tap each, combinable, kept in the address."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.custom.filters import asked_words, parameters
from deals.filters import NOBODY
from deals.queries.choices import ASKED_AS, chosen_choices

QUICK = [
    ("mine", _("Mine"), "user"),
    ("team", _("My team"), "users"),
    ("with_me", _("With me"), "users-group"),
    ("no_step", _("No next step"), "circle-dashed"),
    ("overdue", _("Overdue"), "alert-circle"),
    ("quiet", _("Stuck"), "zzz"),
    ("first_contact", _("Stuck at first contact"), "hourglass"),
    ("untouched", _("Untouched"), "hand-off"),
]
PAGING = ("cursor", "after")
SHOWN_IN_FORM = {"q", "pipeline", "stage", "state"}
FETCHED = ("owner", "department", "source")
SHOWN_IN_MORE = {
    "amount_from", "amount_to", "opened_from", "opened_to", "closed_from", "closed_to", "expected_from", "expected_to"
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    title: Any
    icon: str
    url: str
    is_on: bool


def quick_chips(query: Any) -> list[Chip]:
    """Toggles of the usual questions."""
    return [_toggle(query, name, title, icon) for name, title, icon in QUICK]


def removable_chips(filterset: Any) -> list[Chip]:
    """What came with a link from a report and has no field on the page: said, and taken away with one tap."""
    names = [name for name in filterset.said if name in HIDDEN]
    return [
        Chip(filterset.form.fields[name].label, "x", _without(filterset.data, HIDDEN[name]), True)
        for name in names
    ]


def fetched_filters(filterset: Any) -> dict[str, Any]:
    """Owner, department and source, whose choices are fetched when the filters are opened: hidden fields that hold
    what was asked until then, and chips that say it. One statement, none where nothing was asked."""
    said, data = filterset.said, filterset.data
    chosen = chosen_choices(filterset.request.user, said)
    chips = []
    for kind, name in ASKED_AS.items():
        if name in said:
            names = [text.strip() for _value, text, _selected in getattr(chosen, kind)]
            names += [_("Nobody")] if NOBODY in said[name] else []
            text = f"{filterset.form.fields[name].label}: {', '.join(map(str, names)) or '?'}"
            chips.append(Chip(text, "x", _without(data, (name,)), True))
    chips += [Chip(text, "x", _without(data, (name,)), True) for name, text in asked_words(filterset)]
    chips += [Chip(title, "x", url, True) for title, url in filterset.where_chips(data)]
    return {
        "fetched": [(name, value) for name in fetched_names() for value in data.getlist(name)],
        "removable": [*removable_chips(filterset), *chips],
    }


def fetched_names() -> tuple[str, ...]:
    """Filters whose fields are fetched when they are opened: those with long choices, and custom fields."""
    return (*FETCHED, *parameters("deal"))


HIDDEN = {
    "account": ("account",),
    "reason": ("reason",),
    "reached": ("reached",),
    "passed": ("passed", "passed_from", "passed_to", "passed_owner", "passed_department"),
}


def kept_by_form(filterset: Any) -> list[tuple[str, str]]:
    """Hidden fields: what the form itself does not show and must not lose."""
    shown = SHOWN_IN_FORM | SHOWN_IN_MORE | {*PAGING, *fetched_names()}
    return [(name, value) for name, values in filterset.data.lists() if name not in shown for value in values]


def _toggle(query: Any, name: str, title: Any, icon: str) -> Chip:
    is_on = query.get(name) in {"1", "true", "True"}
    said = query.copy()
    for each in (*PAGING, name):
        said.pop(each, None)
    if not is_on:
        said[name] = "1"
    return Chip(title, icon, f"?{said.urlencode()}", is_on)


def _without(query: Any, names: tuple[str, ...]) -> str:
    said = query.copy()
    for name in (*PAGING, *names):
        said.pop(name, None)
    return f"?{said.urlencode()}"
