"""The list of absences: who is away when, soonest first; those over are on the next page."""

from datetime import date
from typing import Any

from django.db.models import Q

from activities.models import Absence
from activities.queries import moments
from foundation.keyset import keyset_page

ORDER = ("ends_on", "pk")


def rows(reader: Any, today: date, *, is_past: bool, cursor: str | None) -> dict[str, Any]:
    """Those of people the reader may note absences of, their own among them. One statement."""
    reach = reader.reach("activities.absences")
    absences = (
        Absence.objects.filter(ends_on__lt=today) if is_past else Absence.objects.filter(ends_on__gte=today)
    )
    if not reach.everybody:
        absences = absences.filter(Q(person__in={*reach.people, reader.pk}))
    order = ("-ends_on", "-pk") if is_past else ORDER
    page = keyset_page(absences.select_related("person", "substitute"), order=order, cursor=cursor)
    return {
        "page": page,
        "rows": [
            {
                "absence": each,
                "days": _days(each, today),
                "is_now": each.covers(today),
                "kind": moments.sentence(each.get_kind_display()),
            }
            for each in page.rows
        ],
    }


def _days(absence: Absence, today: date) -> str:
    first, last = (moments.day_text(day, today) for day in (absence.starts_on, absence.ends_on))
    return moments.sentence(first if absence.starts_on == absence.ends_on else f"{first} – {last}")
