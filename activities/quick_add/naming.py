"""Whom and what a line names: colleagues, clients, contacts, deals. A few statements, each bounded, only what is seen.

Names are declined in many languages (“позвонить Ивану”), so a word is looked up by its stem and what is found is
graded: the same word before its stem before another ending.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import Account, Contact
from activities.quick_add.parsing import Mention, Parsed
from deals.models import Deal
from foundation.search import among, among_first, matching
from foundation.search_text import normalised
from users.models import User

MOST = 6
CAP = 50
LATEST = 6_000
SHORTEST = 3
ENDING = 2  # letters an ending may have


@dataclass(frozen=True)
class Named:
    """What a mention may mean, likeliest first: (key, name, account of it) and how many of its words the name took."""

    mention: Mention
    found: tuple[tuple[int, str, int | None], ...]
    taken: int = 0

    @property
    def span(self) -> tuple[int, int]:
        return self.mention.start, self.mention.words[max(self.taken, 1) - 1].end


def colleagues(person: Any, parsed: Parsed) -> Named | None:
    """The first @name among the colleagues whom the person sees."""
    mention = _first(parsed, "@")
    if mention is None:
        return None
    seen = User.objects.active().visible_to(person)
    rows = (
        _worded(seen, mention.words[:1], "search_text").order_by("sort_key", "pk").values_list("pk", "name")
    )
    return _graded(mention, [(key, name, None) for key, name in rows[:CAP]])


def deals(person: Any, parsed: Parsed) -> Named | None:
    """The first #title among open deals; as many of its words as one title holds."""
    mention = _first(parsed, "#")
    if mention is None or not person.may("deals.view"):
        return None
    seen = Deal.objects.visible_to(person).open()
    for words in dict.fromkeys((mention.said(2), mention.said(1))):
        if not normalised(words):
            continue
        # A common title among the latest deals, because its index gives tens of thousands; a rare one by its index.
        latest = among_first(seen, words, order=("-opened_at", "-pk"), walk=LATEST, most=CAP)
        found = among(Deal.objects.all(), latest) if latest else matching(seen, words, cap=CAP)
        rows = list(found.order_by().values_list("pk", "title", "account_id")[:CAP])
        if rows:
            return _graded(mention, rows)
    return Named(mention, ())


def contacts(person: Any, mention: Mention) -> Named:
    seen = Contact.objects.visible_to(person)
    rows = _worded(seen, mention.words, "search_text")
    named = rows.annotate(client=Coalesce("account__name", "name"))
    read = list(named.values_list("pk", "name", "account_id", "client")[:CAP])
    found = _graded(mention, [row[:3] for row in read])
    at_client = {key: client for key, _name, _account, client in read}
    said = tuple((key, f"{name} · {at_client[key]}", account) for key, name, account in found.found)
    return Named(mention, said, found.taken)


def clients(person: Any, mention: Mention) -> Named:
    rows = _worded(Account.objects.visible_to(person), mention.words, "search_text").values_list("pk", "name")
    return _graded(mention, [(key, name, key) for key, name in rows[:CAP]])


def names(parsed: Parsed) -> list[Mention]:
    return [mention for mention in parsed.mentions if not mention.sign]


def _first(parsed: Parsed, sign: str) -> Mention | None:
    return next((mention for mention in parsed.mentions if mention.sign == sign), None)


def _worded(records: Any, words: Any, column: str) -> Any:
    """Records with a word like each of the words; none where a word is too short to be looked up."""
    patterns = [_pattern(word.text) for word in words]
    if not all(patterns):
        return records.none()
    alike = Q()
    for pattern in patterns:
        alike &= Q(**{f"{column}__regex": pattern})
    return records.filter(pk__in=records.order_by().filter(alike).values("pk")[:CAP])


def _pattern(word: str) -> str:
    """Of PostgreSQL, over search text: words that begin with the stem and have a short ending."""
    parts = normalised(word).split()
    if not parts or len("".join(parts)) < SHORTEST:
        return ""
    *before, last = parts
    return r"\m" + " ".join([*before, f"{_stem(last)}[a-z0-9]{{0,{ENDING}}}"]) + r"\M"


def _stem(word: str) -> str:
    """Without the vowel, or the two letters, that a case puts at the end; at least three letters are left."""
    if re.fullmatch(r"[a-z]{4,}[aeiouy]", word):
        return word[:-1]
    return word[:-2] if re.fullmatch(r"[a-z]{4,}(?:om|em|oj|ej|oy|ey|ym|im|ia|iu|ya|yu)", word) else word


def _graded(mention: Mention, rows: Any) -> Named:
    """The best of the rows: those that take most words of the mention, then those that match it most closely."""
    graded = [(_taken(mention, name), -_closeness(mention, name), row) for row in rows for name in [row[1]]]
    graded = [each for each in graded if each[0]]
    if not graded:
        return Named(mention, ())
    best = max(graded, key=lambda each: each[:2])
    same = sorted(
        (each[2] for each in graded if each[:2] == best[:2]), key=lambda row: (row[1].casefold(), row[0])
    )
    return Named(mention, tuple(same[:MOST]), best[0])


def _taken(mention: Mention, name: str) -> int:
    """How many words of the mention, from its first, the name holds."""
    held = normalised(name).split()
    for place, word in enumerate(mention.words):
        parts = normalised(word.text).split()
        if not parts or not all(any(_grade(part, one) < MOST for one in held) for part in parts):
            return place
    return len(mention.words)


def _closeness(mention: Mention, name: str) -> int:
    """Zero where the first word stands in the name as it was typed; more, the more its ending differs."""
    held = normalised(name).split()
    first = normalised(mention.words[0].text).split()
    return max((min((_grade(part, one) for one in held), default=MOST) for part in first), default=MOST)


def _grade(typed: str, word: str) -> int:
    """How far a word of a name is from the typed one: the same, its stem, another ending; MOST where it is another."""
    if typed == word:
        return 0
    stem = _stem(typed)
    if stem == word:
        return 1
    if word.startswith(stem) and len(word) - len(stem) <= ENDING and len(stem) >= SHORTEST:
        return 2 + (len(word) - len(stem))
    if len(typed) >= SHORTEST and word.startswith(typed):
        return MOST - 1
    return MOST
