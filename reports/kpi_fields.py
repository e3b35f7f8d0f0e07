"""Numbers about people's work that plans and KPIs may use. Each knows how it is counted and where its rows are."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from reports.periods import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """`kept` of `all`, for one person; `url` opens what it was counted of."""

    kept: float
    all: int
    url: str = ""

    @property
    def share(self) -> float | None:
        return self.kept / self.all if self.all else None


# people's keys and a period → what was measured, by person; who has nothing to measure is left out
Measure = Callable[[Collection[int], Period], dict[int, Measured]]


@dataclass(frozen=True)
class KpiField:
    """A share between 0 and 1. `what` says in a sentence what is kept of what."""

    key: str
    label: Any
    what: Any
    measure: Measure


_fields: dict[str, KpiField] = {}


def offer(*fields: KpiField) -> None:
    for each in fields:
        _fields[each.key] = each


def kpi_fields() -> list[KpiField]:
    return list(_fields.values())


def kpi_field(key: str) -> KpiField:
    return _fields[key]
