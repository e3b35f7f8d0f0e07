"""The floor plan, as the house tests read it."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
FLOORS = {
    "foundation": 0,
    "users": 1,
    "changes": 2,
    "lists": 2,
    "accounts": 3,
    "catalog": 4,
    "deals": 5,
    "billing": 6,
    "activities": 7,
    "distribution": 8,
    "processes": 8,
    "reports": 9,
    "integrations": 9,
    "crm": 10,
}
# A wing stands beside the house: it knows only these rooms, and only those above know it.
WINGS = {"processes": {"users", "foundation"}}


def may_know(room: str, other: str) -> bool:
    """May `room` name `other`: itself, or a room on a lower floor, from a wing only the ground it stands on?"""
    if room in WINGS:
        return other == room or other in WINGS[room]
    return room == other or FLOORS[other] < FLOORS[room]


def sources(room: str, pattern: str = "*.py") -> list[Path]:
    """The room's files without its tests and migrations."""
    return [
        path
        for path in sorted((HOUSE / room).rglob(pattern))
        if not {"tests", "migrations", "__pycache__"} & set(path.relative_to(HOUSE).parts)
    ]
