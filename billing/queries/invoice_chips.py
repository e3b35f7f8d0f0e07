"""The chips above the list of invoices: one tap each, combinable, kept in the address."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from billing.models import LegalEntity
from deals.filters import NOBODY
from deals.models import Deal
from deals.queries.chips import PAGING, Chip
from deals.queries.choices import Choices, filter_choices

QUICK = [
    ("mine", _("Mine"), "user"),
    ("team", _("My team"), "users"),
    ("unpaid", _("Unpaid"), "coin"),
    ("overdue", _("Overdue"), "alarm"),
    ("to_approve", _("To approve"), "hourglass"),
    ("drafts", _("Drafts"), "file-pencil"),
]
FETCHED = ("owner", "department")
SHOWN = {
    "q", "state", "kind", "own", "currency", "dated_from", "dated_to", "due_from", "due_to", "total_from", "total_to"
}  # fmt: skip
MOST_NAMED = 5


def quick_chips(query: Any) -> list[Chip]:
    """Toggles of the usual questions."""
    return [_toggle(query, *each) for each in QUICK]


def fetched_filters(filterset: Any) -> dict[str, Any]:
    """Owner and department, whose choices are fetched when the filters are opened: hidden fields that hold what was
    asked until then; and chips of what has no field. No statement where nothing of it was asked."""
    data = filterset.data
    chips = [_removable(filterset, name, text) for name, text in _asked(filterset)]
    chips += [Chip(title, "x", url, True) for title, url in filterset.where_chips(data)]
    return {
        "fetched": [(name, value) for name in FETCHED for value in data.getlist(name)],
        "removable": chips,
    }


def kept_by_form(filterset: Any) -> list[tuple[str, str]]:
    """Hidden fields: what the form itself does not show and must not lose."""
    shown = SHOWN | {*PAGING, *FETCHED}
    return [(name, value) for name, values in filterset.data.lists() if name not in shown for value in values]


def own_companies() -> list[tuple[int, str]]:
    return list(LegalEntity.objects.order_by("name", "pk").values_list("pk", "name"))


def _asked(filterset: Any) -> list[tuple[str, str]]:
    """(filter, names in words) of the people, departments, clients and deals asked for."""
    said, person = filterset.said, filterset.request.user
    found: list[tuple[str, str]] = []
    if {"owner", "department"} & set(said):
        keys = {"owners": _keys(said, "owner"), "departments": _keys(said, "department"), "sources": []}
        chosen = filter_choices(person, said, keys) if any(keys.values()) else Choices()
        for name, options in (("owner", chosen.owners), ("department", chosen.departments)):
            if name in said:
                names = [text.strip() for _key, text, _selected in options]
                names += [str(_("Nobody"))] if NOBODY in said[name] else []
                found.append((name, ", ".join(names) or "?"))
    for name, records, field in (
        ("account", Account.objects.visible_to(person), "name"),
        ("deal", Deal.objects.visible_to(person), "title"),
    ):
        if name in said:
            named = records.filter(pk__in=said[name]).values_list(field, flat=True)[:MOST_NAMED]
            found.append((name, ", ".join(named) or "?"))
    return found


def _keys(said: dict[str, Any], name: str) -> list[int]:
    return [key for key in said.get(name, ()) if key != NOBODY]


def _removable(filterset: Any, name: str, text: str) -> Chip:
    said = filterset.data.copy()
    for each in (*PAGING, name):
        said.pop(each, None)
    return Chip(f"{filterset.form.fields[name].label}: {text}", "x", f"?{said.urlencode()}", True)


def _toggle(query: Any, name: str, title: Any, icon: str) -> Chip:
    is_on = query.get(name) in {"1", "true", "True"}
    said = query.copy()
    for each in (*PAGING, name):
        said.pop(each, None)
    if not is_on:
        said[name] = "1"
    return Chip(title, icon, f"?{said.urlencode()}", is_on)
