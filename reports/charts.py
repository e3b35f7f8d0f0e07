"""Vega-Lite specifications. Colours come from the page's theme; values are links; a table stands beside each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from babel.numbers import format_compact_decimal
from django.conf import settings
from django.utils.translation import get_language, override, to_locale
from django.utils.translation import gettext as _

from reports.tables import Row

# Vega writes k, M and G in every language.
AXIS = "replace(replace(replace(datum.label, 'k', '%s'), 'M', '%s'), 'G', '%s')"


def compact(amount: float) -> str:
    """“338K” or “338 тыс.”."""
    return format_compact_decimal(amount, locale=to_locale(get_language() or "en"), fraction_digits=1)


@lru_cache(maxsize=16)
def shorts(language: str) -> tuple[str, ...]:
    """What a language writes after a thousand, a million and a milliard."""
    with override(language):
        return tuple(compact(10**power).removeprefix("1") for power in (3, 6, 9))


def bars(category: str, title: Any, rows: Sequence[Row], value: str = "amount") -> dict[str, Any]:
    """One bar a row, in the order of the rows, its value written above it."""
    values = [
        {
            "name": row.values[category],
            "value": float(row.values[value]),
            "text": compact(float(row.values[value])),
            "url": row.links.get(value, ""),
        }
        for row in rows
    ]
    few = len(values) <= 8
    # “2026-Q1” in two lines: eight of them stand beside each other on a phone.
    axis = {"labelAngle": 0, "labelExpr": "split(datum.label, '-')", "labelOverlap": not few}
    x = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": axis}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": settings.BASE_CURRENCY,
        "axis": {
            "format": "~s",
            "labelExpr": AXIS % shorts(get_language() or "en"),
            "tickCount": 4,
            "domain": False,
            "ticks": False,
        },
    }
    encoding = {"x": x, "y": y}
    bar = {
        "mark": {"type": "bar", "cursor": "pointer", "width": {"band": 0.6}},
        "encoding": {"href": {"field": "url"}},
    }
    label = {
        "mark": {"type": "text", "dy": -8, "fontSize": 12},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": _("%(title)s, bars") % {"title": title},
        "height": 220,
        "data": {"values": values},
        "encoding": encoding,
        "layer": [bar, label] if few else [bar],
    }
