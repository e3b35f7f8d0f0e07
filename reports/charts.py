"""Vega-Lite specifications. Colours come from the page's theme; values are links; a table stands beside each."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from reports.tables import Row


def bars(category: str, title: Any, rows: Sequence[Row], value: str = "amount") -> dict[str, Any]:
    """One bar a row, in the order of the rows, its value written above it."""
    values = [
        {"name": row.values[category], "value": float(row.values[value]), "url": row.links.get(value, "")}
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
        "axis": {"format": "~s", "tickCount": 4, "domain": False, "ticks": False},
    }
    encoding = {"x": x, "y": y}
    bar = {
        "mark": {"type": "bar", "cursor": "pointer", "width": {"band": 0.6}},
        "encoding": {"href": {"field": "url"}},
    }
    label = {
        "mark": {"type": "text", "dy": -8, "fontSize": 12},
        "encoding": {"text": {"field": "value", "type": "quantitative", "format": ".3~s"}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": _("%(title)s, bars") % {"title": title},
        "height": 220,
        "data": {"values": values},
        "encoding": encoding,
        "layer": [bar, label] if few else [bar],
    }
