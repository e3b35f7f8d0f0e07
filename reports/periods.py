"""Spans of company days, and how the sums by month and by day cover them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Grain

PERIODS = [
    ("all", gettext_lazy("All time")),
    ("this-month", gettext_lazy("This month")),
    ("this-quarter", gettext_lazy("This quarter")),
    ("last-quarter", gettext_lazy("Last quarter")),
    ("this-year", gettext_lazy("This year")),
]


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; None is without end."""

    first: date | None = None
    last: date | None = None

    @property
    def is_all_time(self) -> bool:
        return self.first is None and self.last is None

    @property
    def is_short(self) -> bool:
        """A quarter or less."""
        return self.first is not None and self.last is not None and (self.last - self.first).days < 92

    @property
    def text(self) -> str:
        if self.is_all_time:
            return _("all time")
        first = date_format(self.first, "SHORT_DATE_FORMAT") if self.first else "…"
        last = date_format(self.last, "SHORT_DATE_FORMAT") if self.last else "…"
        return f"{first} – {last}"

    def cut_to(self, first: date, last: date) -> "Period":
        """The part of the period within these days."""
        return Period(max(self.first or first, first), min(self.last or last, last))

    def of_days(self, field: str) -> Q:
        """A condition on a day column."""
        condition = Q()
        if self.first:
            condition &= Q(**{f"{field}__gte": self.first})
        if self.last:
            condition &= Q(**{f"{field}__lte": self.last})
        return condition

    def of_sums(self) -> list[Q]:
        """Conditions on FunnelSum: whole months by their month rows, the days at both ends by day rows.

        To be asked apart and united: for an OR of them the planner reads every day there is.
        """
        months, edges = self.whole_months()
        whole = [Q(grain=Grain.MONTH) & months.of_days("on")] if months else []
        return whole + [Q(grain=Grain.DAY) & edge.of_days("on") for edge in edges]

    def whole_months(self) -> tuple["Period | None", list["Period"]]:
        """(the whole months, if any; what is left over at the ends)."""
        if self.first and self.last and self.first > self.last:
            return None, []
        start = self.first and (self.first if self.first.day == 1 else month_after(self.first))
        stop = self.last and (
            self.last if is_month_end(self.last) else self.last.replace(day=1) - timedelta(1)
        )
        if start and stop and start > stop:
            return None, [self]
        edges = []
        if self.first and start and self.first < start:
            edges.append(Period(self.first, start - timedelta(1)))
        if self.last and stop and stop < self.last:
            edges.append(Period(stop + timedelta(1), self.last))
        return Period(start, stop), edges


def named_period(key: str, today: date) -> Period:
    match key:
        case "this-month":
            return month_of(today)
        case "this-quarter":
            return quarter_of(today)
        case "last-quarter":
            return quarter_of(quarter_begin(today) - timedelta(1))
        case "this-year":
            return Period(today.replace(month=1, day=1), today.replace(month=12, day=31))
    return Period()


def month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def is_month_end(day: date) -> bool:
    return (day + timedelta(1)).day == 1


def month_end(day: date) -> date:
    return month_after(day) - timedelta(1)


def month_of(day: date) -> Period:
    return Period(day.replace(day=1), month_end(day))


def quarter_begin(day: date) -> date:
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def quarter_end(day: date) -> date:
    return month_end(quarter_begin(day) + timedelta(70))


def quarter_of(day: date) -> Period:
    return Period(quarter_begin(day), quarter_end(day))


def quarter_name(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def month_name(day: date) -> str:
    return f"{day:%Y-%m}"
