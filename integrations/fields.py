"""What an import can fill: the fields of an entity, as a mapping and the preview name them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

APART = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, kw_only=True)
class Field:
    """`synonyms` are headings other programs give it, in English and Russian; case and signs do not matter."""

    name: str
    label: Any  # a translatable word
    kind: str = "text"
    is_required: bool = False
    synonyms: Sequence[str] = field(default=())

    def headings(self) -> set[str]:
        return {*self.own_headings(), *(heading_key(each) for each in self.synonyms)}

    def own_headings(self) -> set[str]:
        return {heading_key(each) for each in (self.name, str(self.label))}


def heading_key(heading: str) -> str:
    return APART.sub(" ", heading).strip().casefold().replace("ё", "е")


def matched_headers(headers: Iterable[str], fields: Sequence[Field]) -> dict[str, str]:
    """{header: field} for every header that is the name, the label or a synonym of a field, each field once.

    What is one field's own name or label is not another's synonym, so that the files we offer to fill in come back.
    """
    known = {heading: each.name for each in reversed(fields) for heading in each.headings()}
    known |= {heading: each.name for each in reversed(fields) for heading in each.own_headings()}
    found: dict[str, str] = {}
    for header in headers:
        name = known.get(heading_key(header))
        if name and name not in found.values():
            found[header] = name
    return found
