"""Custom fields in conditions: asked by the expressions their indexes are made of."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from accounts.custom.definitions import Definition, definitions
from accounts.custom.filters import PREFIX, as_number
from lists.where.fields import CHOICE, DAY, MONEY, NUMBER, TEXT, Field, Hop

KINDS = {"text": TEXT, "number": NUMBER, "money": MONEY, "date": DAY, "choice": CHOICE, "choices": CHOICE}


def custom_asked(
    record: str, *, prefix: str = "", hop: Hop | None = None, about: Any = ""
) -> dict[str, Field]:
    """Of a kind of record, or of one a step away; formulas are not kept, so not asked about."""
    asked = [
        _field(each, prefix, hop, about)
        for each in definitions(record)
        if each.kind in KINDS and not each.is_retired
    ]
    return {field.name: field for field in asked}


def _field(each: Definition, prefix: str, hop: Hop | None, about: Any) -> Field:
    kind = KINDS[each.kind]
    return Field(
        name=f"{prefix}{PREFIX}{each.key}",
        label=each.words,
        kind=kind,
        path=as_number(each.key) if kind in (NUMBER, MONEY) else KeyTextTransform(each.key, "custom"),
        hop=hop,
        about=about,
        options=[(option.key, option.label) for option in each.options],
        test=_any_of(each) if kind == CHOICE else None,
        absent=lambda: ~Q(custom__has_key=each.key),
    )


def _any_of(each: Definition) -> Callable[[tuple[Any, ...]], Q]:
    def test(keys: tuple[Any, ...]) -> Q:
        found = Q(pk__in=[])
        for key in keys:
            found |= Q(custom__contains={each.key: [key] if each.kind == "choices" else key})
        return found

    return test
