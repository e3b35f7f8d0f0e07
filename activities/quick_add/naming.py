"""Whom and what a line names: colleagues, clients, contacts, deals. A few statements, each bounded, only what is seen.

Names are declined in many languages (“позвонить Ивану”), so a word is looked up by its stem and what is found is
graded: the same word before its stem before another ending.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import Account, Contact, Tag
from activities.quick_add.parsing import Mention, Parsed, Part, Word
from deals.models import Deal
from foundation.search import among, among_first, matching
from foundation.search_text import normalised
from users.models import User

MOST = 6
CAP = 50
MOST_TAGS = 2_000
LATEST = 6_000
SHORTEST = 3
ENDING = 2  # letters an ending may have


class Found(NamedTuple):
    """A record that may be meant: its client, and the channel it is reached by best."""

    key: int
    name: str
    account: int | None
    channel: str = ""


@dataclass(frozen=True)
class Named:
    """What a mention may mean, likeliest first, and how many of its words the name took."""

    mention: Mention
    found: tuple[Found, ...]
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
    return _graded(mention, [Found(key, name, None) for key, name in rows[:CAP]])


def deals(person: Any, parsed: Parsed, *, without: Collection[str] = ()) -> Named | None:
    """The first #title among open deals, but for those `without`, which are tags; as many of its words as one holds."""
    titled = (each for each in parsed.mentions if each.sign == "#")
    mention = next((each for each in titled if folded_tag(each.said(1)) not in without), None)
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
            return _graded(mention, [Found(*row) for row in rows])
    return Named(mention, ())


def deals_worth(person: Any, account: int, amount: Decimal, currency: str, part: Part) -> Named:
    """The client's open deals of that sum, the latest first."""
    mention = Mention("", part.start, (Word(part.text, part.start, part.end),))
    if not person.may("deals.view"):
        return Named(mention, ())
    worth = Deal.objects.visible_to(person).open().filter(account=account, amount=amount)
    if currency:
        worth = worth.filter(currency=currency)
    rows = worth.order_by("-opened_at", "-pk").values_list("pk", "title", "account_id")[:MOST]
    return Named(mention, tuple(Found(*row) for row in rows))


def folded_tag(said: str) -> str:
    return normalised(said.lstrip("#"))


def tags(parsed: Parsed) -> dict[str, tuple[int, str]]:
    """Tags in use that the line may name by a #, by their folded names: (key, name)."""
    said = {wanted: None for _start, _end, wanted in _labelled(parsed)}
    if not said:
        return {}
    rows = Tag.objects.filter(is_retired=False).order_by("pk").values_list("pk", "name")[:MOST_TAGS]
    return {folded: (key, name) for key, name in rows if (folded := normalised(name)) in said}


def tag_spans(parsed: Parsed, known: Collection[str]) -> list[tuple[int, int, str]]:
    """Where the line names them."""
    return [each for each in _labelled(parsed) if each[2] in known]


def may_tag(person: Any, account: int) -> bool:
    return Account.objects.visible_to(person, "accounts.change").filter(pk=account).exists()


def _labelled(parsed: Parsed) -> list[tuple[int, int, str]]:
    """Every #word: what is no tag may be a deal, or say how urgent it is."""
    hashes = [
        (each.start, each.words[0].end, folded_tag(each.said(1)))
        for each in parsed.mentions
        if each.sign == "#"
    ]
    urgent = [
        (each.start, each.end, folded_tag(each.text)) for each in parsed.parts if each.text.startswith("#")
    ]
    return sorted(each for each in [*hashes, *urgent] if each[2])


def contacts(person: Any, mention: Mention) -> Named:
    seen = Contact.objects.visible_to(person)
    rows = _worded(seen, mention.words, "search_text")
    named = rows.annotate(client=Coalesce("account__name", "name"))
    read = list(named.values_list("pk", "name", "account_id", "preferred_channel", "client")[:CAP])
    found = _graded(mention, [Found(*row[:4]) for row in read])
    at_client = {row[0]: row[4] for row in read}
    said = tuple(each._replace(name=f"{each.name} · {at_client[each.key]}") for each in found.found)
    return Named(mention, said, found.taken)


def clients(person: Any, mention: Mention) -> Named:
    rows = _worded(Account.objects.visible_to(person), mention.words, "search_text")
    read = rows.values_list("pk", "name", "preferred_channel")[:CAP]
    return _graded(mention, [Found(key, name, key, channel) for key, name, channel in read])


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


def _graded(mention: Mention, rows: list[Found]) -> Named:
    """The best of the rows: those that take most words of the mention, then those that match it most closely."""
    graded = [(_taken(mention, name), -_closeness(mention, name), row) for row in rows for name in [row.name]]
    graded = [each for each in graded if each[0]]
    if not graded:
        return Named(mention, ())
    best = max(graded, key=lambda each: each[:2])
    same = sorted(
        (each[2] for each in graded if each[:2] == best[:2]), key=lambda row: (row.name.casefold(), row.key)
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
