"""What is typed into a form so far, as far as it is sound: mistakes are said when the form is sent."""

from typing import Any

from accounts.duplicates.matching import Party, Place, party_of
from accounts.models.account import Kind
from accounts.models.contact_point import PointKind, cleaned_value
from accounts.models.tax_number import checked_tax_number
from foundation.errors import Refused

MOST_ROWS = 30
LONGEST = 300


def typed_party(sent: Any) -> Party:
    """The client of the quick form or of the whole one."""
    return party_of(
        _text(sent, "name"),
        is_person=sent.get("kind") == Kind.PERSON,
        website=_text(sent, "website"),
        points=typed_points(sent),
        tax_numbers=_sound(_rows(sent, "tax_numbers"), checked_tax_number),
        places=[
            Place(**{part: _text(sent, f"addresses-{row}-{part}") for part in ("postcode", "city", "street")})
            for row in range(_many(sent, "addresses"))
        ],
    )


def typed_points(sent: Any) -> list[tuple[str, str]]:
    """Phones, e-mails and the like, as they would be kept."""
    single = [(kind.value, _text(sent, kind.value)) for kind in (PointKind.PHONE, PointKind.EMAIL)]
    return _sound([*single, *_rows(sent, "points")], cleaned_value)


def _rows(sent: Any, prefix: str) -> list[tuple[str, str]]:
    return [
        (_text(sent, f"{prefix}-{row}-kind"), _text(sent, f"{prefix}-{row}-value"))
        for row in range(_many(sent, prefix))
    ]


def _sound(pairs: list[tuple[str, str]], cleaned: Any) -> list[tuple[str, str]]:
    found = []
    for kind, value in pairs:
        if value:
            try:
                found.append((kind, cleaned(kind, value)))
            except Refused:
                continue
    return found


def _many(sent: Any, prefix: str) -> int:
    total = sent.get(f"{prefix}-TOTAL_FORMS", "")
    return min(int(total), MOST_ROWS) if total.isascii() and total.isdigit() and len(total) < 4 else 0


def _text(sent: Any, name: str) -> str:
    return sent.get(name, "").replace("\x00", "").strip()[:LONGEST]
