"""Are two clients one? Weighted rules over what is known of both, and the keys by which such pairs are found.

Pure arithmetic after Fellegi and Sunter (A Theory for Record Linkage, 1969): every kind of evidence adds to the
score when it agrees, takes away when it contradicts, and says nothing when one side lacks it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.search_text import normalised

ENOUGH = 10  # a pair with this score is shown
CERTAIN = 20
SHORTEST_DIGITS = 5
MOST_WORDS = 3

# As `normalised` leaves them; letters with points between them (S.A.) are put together before.
WRITTEN_FORMS = """
ooo oao zao pao nao ao ip too chp fop tov nko ano gup mup fgup fgbu mbou gbu llc ltd limited inc
incorporated corp corporation co company plc llp lp pty pvt pte gmbh ug ag kg kgaa ohg ev sa sl slu slp srl
spa sarl sas sasu eurl bv nv oy oyj ab as aps spzoo doo pt cv ud tbk persero
"""
LEGAL_FORMS = frozenset(WRITTEN_FORMS.split())
WRITTEN_JOINTS = """
and the of i y dan und et
"""
JOINING_WORDS = frozenset(WRITTEN_JOINTS.split())
WRITTEN_MAIL = """
gmail.com googlemail.com yahoo.com ymail.com outlook.com hotmail.com live.com msn.com icloud.com me.com
mac.com aol.com proton.me protonmail.com gmx.com gmx.de gmx.net web.de mail.com zoho.com fastmail.com
mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru yandex.by yandex.kz rambler.ru ukr.net
i.ua tut.by qq.com 163.com 126.com yahoo.co.id yahoo.co.uk yahoo.es hotmail.es hotmail.co.uk outlook.es
terra.es telefonica.net orange.fr free.fr wanadoo.fr laposte.net t-online.de libero.it
"""
PUBLIC_MAIL = frozenset(WRITTEN_MAIL.split())


class KeyKind(models.TextChoices):
    PHONE = "phone", _("the same phone")
    EMAIL = "email", _("the same e-mail")
    DOMAIN = "domain", _("the same web domain")
    TAX = "tax", _("the same tax number")
    NAME = "name", _("the same name")
    SOUND = "sound", _("names that sound alike")
    PREFIX = "prefix", _("names that begin alike")
    PLACE = "place", _("the same place")


class Reason(models.TextChoices):
    """Why two clients may be one, in the words the page shows."""

    SAME_TAX = "same_tax", _("the same tax number")
    NEAR_TAX = "near_tax", _("tax numbers that differ in one place")
    OTHER_TAX = "other_tax", _("but another tax number")
    SAME_PHONE = "same_phone", _("the same phone")
    SAME_EMAIL = "same_email", _("the same e-mail")
    SAME_DOMAIN = "same_domain", _("the same web domain")
    SAME_NAME = "same_name", _("the same name")
    NEAR_NAME = "near_name", _("nearly the same name")
    LIKE_NAME = "like_name", _("similar names")
    OTHER_NAME = "other_name", _("but another name")
    SAME_PLACE = "same_place", _("the same address")
    NEAR_PLACE = "near_place", _("nearly the same address")
    OTHER_PLACE = "other_place", _("but another address")
    SAME_BIRTH = "same_birth", _("the same date of birth")
    NEAR_BIRTH = "near_birth", _("dates of birth that differ in one place")
    OTHER_BIRTH = "other_birth", _("but another date of birth")
    OTHER_KIND = "other_kind", _("but one is a person, the other an organisation")


# Points of evidence. Ten are enough: one strong sign with nothing against it, or several weak ones.
WEIGHTS = {
    Reason.SAME_TAX: 10,
    Reason.NEAR_TAX: 6,
    Reason.OTHER_TAX: -8,
    Reason.SAME_PHONE: 8,
    Reason.SAME_EMAIL: 9,
    Reason.SAME_DOMAIN: 6,
    Reason.SAME_NAME: 10,
    Reason.NEAR_NAME: 6,
    Reason.LIKE_NAME: 3,
    Reason.OTHER_NAME: -5,
    Reason.SAME_PLACE: 6,
    Reason.NEAR_PLACE: 4,
    Reason.OTHER_PLACE: -2,
    Reason.SAME_BIRTH: 5,
    Reason.NEAR_BIRTH: 3,
    Reason.OTHER_BIRTH: -4,
    Reason.OTHER_KIND: -4,
}
# Many people are called Ivan Petrov and few companies have one name; two numbers are two companies, but one person
# may have several, and they are mistyped.
WEIGHTS_OF_PERSONS = WEIGHTS | {Reason.SAME_NAME: 7, Reason.OTHER_TAX: -3}
NEAR, LIKE, UNLIKE = 0.6, 0.4, 0.25  # similarity of names by trigrams


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    postcode: str = ""
    city: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What is known of a client: phones E.164, e-mails lower-case, domains by `domain_of`, numbers as stored."""

    name: str
    is_person: bool = False
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    tax_numbers: frozenset[tuple[str, str]] = frozenset()
    places: tuple[Place, ...] = ()
    born_on: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_enough(self) -> bool:
        return self.score >= ENOUGH


def party_of(
    name: str,
    *,
    is_person: bool = False,
    website: str = "",
    points: Iterable[tuple[str, str]] = (),
    tax_numbers: Iterable[tuple[str, str]] = (),
    places: Iterable[Place] = (),
) -> Party:
    """From values as they are stored. Colleagues behind one switchboard share its number: extensions do not count."""
    points = list(points)
    emails = frozenset(value for kind, value in points if kind == "email")
    sites = [website, *(value for kind, value in points if kind == "website")]
    return Party(
        name=name,
        is_person=is_person,
        phones=frozenset(value.partition(";")[0] for kind, value in points if kind == "phone"),
        emails=emails,
        domains=frozenset(filter(None, map(domain_of, [*emails, *sites]))),
        tax_numbers=frozenset(tax_numbers),
        places=tuple(places),
    )


def compare(one: Party, other: Party) -> Comparison:
    """The same whichever comes first. Reasons for come before reasons against, strongest first."""
    found = [
        *_by_tax_numbers(one.tax_numbers, other.tax_numbers),
        *([Reason.SAME_PHONE] if one.phones & other.phones else []),
        *_by_mail(one, other),
        *_by_name(one.name, other.name),
        *_by_place(one.places, other.places),
        *_by_birth(one.born_on, other.born_on),
        *([Reason.OTHER_KIND] if one.is_person != other.is_person else []),
    ]
    weights = WEIGHTS_OF_PERSONS if one.is_person or other.is_person else WEIGHTS
    return Comparison(
        sum(weights[reason] for reason in found), tuple(sorted(found, key=lambda reason: -weights[reason]))
    )


def keys_of(party: Party) -> set[tuple[str, str]]:
    """(kind, value): two clients that share none of these are never compared."""
    keys = {(KeyKind.PHONE.value, value) for value in party.phones}
    keys |= {(KeyKind.EMAIL.value, value) for value in party.emails}
    keys |= {(KeyKind.DOMAIN.value, value) for value in party.domains}
    keys |= {(KeyKind.TAX.value, value) for _kind, value in party.tax_numbers}
    keys |= {(KeyKind.PLACE.value, key) for place in party.places for key in _place_keys(place)}
    words = name_words(party.name)
    if words:
        keys.add((KeyKind.NAME.value, " ".join(sorted(words))))
        codes = sorted({sound(word) for word in words[:MOST_WORDS]})
        sounds = combinations(codes, 2) if len(codes) > 1 else [codes]
        keys |= {(KeyKind.SOUND.value, " ".join(pair)) for pair in sounds}
        keys.add((KeyKind.PREFIX.value, " ".join(sorted(word[:3] for word in words[:MOST_WORDS]))))
    return {(kind, value[:120]) for kind, value in keys if value}


@lru_cache(maxsize=100_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words that tell one name from another: transliterated, without legal forms; all words if none is left."""
    letters = re.sub(r"\b(\w)(?:\.\s?(?=\w\b)|\.$|\.(?=\W))", r"\1", name)
    words = normalised(letters).split()
    telling = [word for word in words if word not in LEGAL_FORMS and word not in JOINING_WORDS]
    return tuple(telling or words)


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A word's consonants as many spellings share them: Shmidt, Schmidt and Shmitt; vowels only at the beginning."""
    for spelling, letter in SPELLINGS:
        word = word.replace(spelling, letter)
    word = word[:1] + re.sub(r"[aeiouh]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", word)


SPELLINGS = (
    ("sch", "s"), ("shch", "s"), ("sh", "s"), ("tch", "c"), ("ch", "c"), ("zh", "j"), ("kh", "h"), ("ph", "f"),
    ("ts", "c"), ("tz", "c"), ("ck", "k"), ("qu", "k"), ("q", "k"), ("x", "ks"), ("gh", "g"), ("dj", "j"),
    ("z", "s"), ("d", "t"), ("w", "v"), ("y", "i"), ("j", "i"), ("c", "k"),
)  # fmt: skip


def domain_of(address: str) -> str:
    """The domain of an e-mail or a website; empty for public mail, where strangers share one."""
    if "@" in address and "://" not in address:
        host = address.rpartition("@")[2]
    else:
        try:
            host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
        except ValueError:
            return ""
    host = host.strip(". ").lower().removeprefix("www.")
    return "" if host in PUBLIC_MAIL or "." not in host else host


def similarity(one: Iterable[str], other: Iterable[str]) -> float:
    """Shared trigrams among all trigrams, as PostgreSQL's pg_trgm counts them, 0 to 1; word order does not count."""
    mine, theirs = trigrams(tuple(one)), trigrams(tuple(other))
    return len(mine & theirs) / (len(mine | theirs) or 1)


@lru_cache(maxsize=100_000)
def trigrams(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        padded[start : start + 3]
        for padded in (f"  {word} " for word in words)
        for start in range(len(padded) - 2)
    )


def is_one_slip(one: str, other: str) -> bool:
    """One sign too many, missing, another, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def _by_tax_numbers(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> list[Reason]:
    """Numbers of different kinds say nothing of each other."""
    if one & other or {value for _kind, value in one} & {value for _kind, value in other}:
        return [Reason.SAME_TAX]
    same_kind = [(a, b) for kind, a in one for other_kind, b in other if kind == other_kind]
    if not same_kind:
        return []
    near = any(len(a) >= SHORTEST_DIGITS and is_one_slip(a, b) for a, b in same_kind)
    return [Reason.NEAR_TAX if near else Reason.OTHER_TAX]


def _by_mail(one: Party, other: Party) -> list[Reason]:
    """The same e-mail has the same domain: said once."""
    if one.emails & other.emails:
        return [Reason.SAME_EMAIL]
    return [Reason.SAME_DOMAIN] if one.domains & other.domains else []


def _by_name(one: str, other: str) -> list[Reason]:
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return []
    if sorted(mine) == sorted(theirs):
        return [Reason.SAME_NAME]
    alike = max(similarity(mine, theirs), similarity(["".join(mine)], ["".join(theirs)]))
    if _numbers(mine) != _numbers(theirs):  # “School 12” and “School 15” look alike and are two
        return [Reason.OTHER_NAME] if alike < UNLIKE else []
    heard = sorted(map(sound, mine)) == sorted(map(sound, theirs))
    if alike >= NEAR or heard or is_one_slip("".join(mine), "".join(theirs)):
        return [Reason.NEAR_NAME]
    if alike >= LIKE:
        return [Reason.LIKE_NAME]
    return [Reason.OTHER_NAME] if alike < UNLIKE else []


def _numbers(words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if word.isdigit())


def _by_place(one: Iterable[Place], other: Iterable[Place]) -> list[Reason]:
    """The most alike of their addresses; those that name no street say nothing."""
    alike = [_alike(a, b) for a in one for b in other if a.street and b.street]
    if not alike:
        return []
    best = max(alike)
    if best >= 0.85:
        return [Reason.SAME_PLACE]
    if best >= 0.5:
        return [Reason.NEAR_PLACE]
    return [Reason.OTHER_PLACE] if best < 0.3 else []


def _alike(one: Place, other: Place) -> float:
    """Streets count half, city and postcode a quarter each, as far as both are known."""
    parts = [(similarity(_words(one.street), _words(other.street)), 2)]
    if one.city and other.city:
        parts.append((similarity(_words(one.city), _words(other.city)), 1))
    if one.postcode and other.postcode:
        near = 0.7 if is_one_slip(one.postcode, other.postcode) else 0.0
        parts.append((1.0 if one.postcode == other.postcode else near, 1))
    return sum(value * weight for value, weight in parts) / sum(weight for _value, weight in parts)


def _by_birth(one: str, other: str) -> list[Reason]:
    if not one or not other:
        return []
    if one == other:
        return [Reason.SAME_BIRTH]
    return [Reason.NEAR_BIRTH if is_one_slip(one, other) else Reason.OTHER_BIRTH]


def _place_keys(place: Place) -> list[str]:
    """Postcode with the house, and city with the street's longest word: a slip in one leaves the other."""
    words = _words(place.street)
    houses = [word for word in words if word[0].isdigit()]
    streets = sorted((word for word in words if not word[0].isdigit()), key=lambda word: (-len(word), word))
    keys = []
    if place.postcode and houses:
        keys.append(f"{place.postcode} {houses[0]}".lower())
    if streets and (place.city or place.postcode):
        town = " ".join(_words(place.city)) or place.postcode
        keys.append(f"{sound(town)} {' '.join(houses[:1])} {sound(streets[0])}".lower())
    return keys


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(normalised(text).split())
