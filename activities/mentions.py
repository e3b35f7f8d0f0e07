"""Colleagues named in a text as @Name. A name is as long as it can be: “@Sam Porter” is Sam Porter, not Sam."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from users.models import User

MENTION = re.compile(r"(?<![\w@])@(?=\w)")
MOST = 20


def mentioned_in(text: str) -> list[Any]:
    """Active colleagues the text names, by their whole name or by a first name that only one of them has."""
    if not MENTION.search(text):
        return []
    people = list(User.objects.active().order_by("pk").only("pk", "name"))
    return named_in(text, people)[:MOST]


def named_in(text: str, people: Iterable[Any]) -> list[Any]:
    """Those of `people` named in a text, in the order they come. Pure."""
    called: dict[str, list[Any]] = {}
    for person in people:
        for name in {person.name.casefold(), person.name.split()[0].casefold()}:
            called.setdefault(name, []).append(person)
    names = sorted(called, key=len, reverse=True)
    found = []
    folded = text.casefold()
    if len(folded) != len(text):  # a sign that folds into two would shift what follows
        folded = text.lower() if len(text.lower()) == len(text) else text
    for match in MENTION.finditer(text):
        rest = folded[match.end() : match.end() + 160]
        name = next((each for each in names if _begins(rest, each)), None)
        if name and len(called[name]) == 1 and called[name][0] not in found:
            found.append(called[name][0])
    return found


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def suggested(typed: str) -> list[str]:
    """A few names whose first or last name begins with the letters."""
    begins = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    return list(
        User.objects.active().filter(begins).order_by("name", "pk").values_list("name", flat=True)[:6]
    )
