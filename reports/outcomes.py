"""Who won what and has how much open, by person and by department; and what nobody looks after.

A tile of the funnel page with an address of its own: it reads sums of every person, and deals to count them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import StageKind
from foundation.keyset import CappedCount, capped_count
from reports import links
from reports.built_in.won import owner_name
from reports.funnel import ByOwner, Sums, passed_by_owner, standing_by_owner
from reports.selections import Selection
from reports.statistics import share
from reports.tables import Column, Row, Table, count, money, percent, share_values

MOST_ROWS = 12
MOST_COUNTED = 1000
OUTCOME_COLUMNS = [
    count("won", gettext_lazy("Won")),
    money("amount", gettext_lazy("Won amount")),
    percent("win_rate", gettext_lazy("Win rate")),
    percent("win_rate_low", ""),
    percent("win_rate_high", ""),
    count("open", gettext_lazy("Open now")),
]


@dataclass(frozen=True)
class Outcomes:
    """Closings of the period and what stands open now, by owner."""

    selection: Selection
    closed: ByOwner
    standing: ByOwner

    def by_person(self) -> tuple[Table, int]:
        """The first MOST_ROWS by amount won, and how many there are in all; likewise by_department."""

        def person(owner_id: int | None) -> tuple[Any, str]:
            return owner_id, owner_name(self.selection.reader, owner_id)

        return self._outcomes("person", _("Person"), person)

    def by_department(self) -> tuple[Table, int]:
        def department(owner_id: int | None) -> tuple[Any, str]:
            found = self.selection.reader.department_of(owner_id)
            return (found.pk, found.name) if found else (None, _("No department"))

        return self._outcomes("department", _("Department"), department)

    def _outcomes(self, key: str, title: str, group_of: Any) -> tuple[Table, int]:
        groups: dict[Any, _Group] = {}
        kinds = {stage.pk: stage.kind for stage in self.selection.stages}
        for of_owner in (self.closed, self.standing):
            for (stage_id, owner_id), sums in of_owner.items():
                group_key, name = group_of(owner_id)
                if group_key not in groups:
                    groups[group_key] = _Group(name)
                groups[group_key].add(kinds[stage_id], owner_id, sums)
        found = [group for group in groups.values() if group.won or group.lost or group.open]
        found.sort(key=lambda group: (-group.amount, -group.won, group.name))
        rows = [group.row(key, self.selection) for group in found[:MOST_ROWS]]
        return Table([Column(key, title), *OUTCOME_COLUMNS], rows), len(found)


def outcomes(selection: Selection) -> Outcomes:
    """Two statements."""
    kinds = {stage.pk: stage.is_open for stage in selection.stages}
    closed = passed_by_owner(selection, [stage for stage in selection.stages if not stage.is_open])
    standing = standing_by_owner(selection)
    return Outcomes(selection, closed, {key: sums for key, sums in standing.items() if kinds[key[0]]})


def exceptions(selection: Selection, today: date) -> list[tuple[str, str, str, str]]:
    """(icon, what is wrong, how many, where); counted to a thousand at most, two statements."""
    deals = selection.deals()
    none, late = (
        _unplanned(deals.without_next_step()),
        capped_count(deals.overdue(on=today), MOST_COUNTED).text,
    )
    no_step = links.open_url(selection, no_step="true")
    overdue = links.open_url(selection, overdue="true")
    return [
        ("circle-dashed", _("Open deals without a next step"), none, no_step),
        ("alert-circle", _("Open deals whose next step is overdue"), late, overdue),
    ]


def _unplanned(deals: Any) -> str:
    """Counted in the order of the index of next steps: else the planner reads the table of deals from its start."""
    found = deals.order_by("next_step_on", "pk")[: MOST_COUNTED + 1].count()
    return CappedCount(min(found, MOST_COUNTED), found <= MOST_COUNTED).text


class _Group:
    """Closings in the period and open deals now of one name."""

    def __init__(self, name: str) -> None:
        self.name, self.won, self.lost, self.open, self.amount = name, 0, 0, 0, Decimal(0)
        self.owners: set[int | None] = set()

    def add(self, kind: str, owner_id: int | None, sums: Sums) -> None:
        self.owners.add(owner_id)
        setattr(self, kind, getattr(self, kind) + sums.deals)
        if kind == StageKind.WON:
            self.amount += sums.amount

    def row(self, key: str, selection: Selection) -> Row:
        rate, owners = (
            share(self.won, self.won + self.lost),
            sorted(self.owners, key=lambda owner: owner or 0),
        )
        won = links.passed_url(selection, selection.stages_of(StageKind.WON), owners=owners)
        values = {key: self.name, "won": self.won, "amount": self.amount, "open": self.open}
        urls = {"won": won, "amount": won, "open": links.open_url(selection, owners=owners)}
        return Row(values | share_values("win_rate", rate), urls, {"win_rate": rate.whole})
