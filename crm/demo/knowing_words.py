"""What the demo company asks of its clients, in words. All invented."""

from typing import Any

DAYS = ["mon", "tue", "wed", "thu", "fri"]
STYLES = ["wild", "classic", "minimal"]
FIELDS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("rooms", "number", "Rooms with flowers", {"unit": "pcs", "least": 0, "most": 5000, "is_indexed": True}),
    (
        "delivery_days",
        "choices",
        "Delivery days",
        {
            "options": {
                "mon": "Monday",
                "tue": "Tuesday",
                "wed": "Wednesday",
                "thu": "Thursday",
                "fri": "Friday",
            }
        },
    ),
    (
        "style",
        "choice",
        "Style of bouquets",
        {"options": {"wild": "Meadow", "classic": "Classic", "minimal": "Few and large"}},
    ),
]
# question, explanation, part, weight
CRITERIA = [
    ("Guests or visitors see the flowers", "A lobby, a dining room, a shop window", "portrait", 1),
    ("More than twenty people work there", "", "portrait", 1),
    ("We know who decides", "By name, and we spoke with them", "qualification", 3),
    ("There is a budget for this year", "", "qualification", 3),
    ("They say when they want to begin", "A day or a month", "qualification", 2),
    ("Nobody else delivers there now", "", "qualification", 1),
]
CONSENT_SOURCES = ["order form on the website", "said so in a call"]
# list, name, icon, filters, what else is kept
VIEWS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    (
        "deals",
        "Large and open",
        "coin",
        "where=all(state:in:open;amount:from:10000)",
        {"sort": "-amount", "columns": ["amount", "stage", "owner", "expected"]},
    ),
    ("clients", "Leads to describe", "circle-check", "role=lead&complete=low", {}),
]
