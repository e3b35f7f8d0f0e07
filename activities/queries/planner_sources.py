"""What other rooms add to the planner: load of people and of roles, and beside it what they only expect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.load import Expected, OfRole, sources
from activities.queries import planner_words as words


@dataclass
class FromSources:
    """Minutes in each column by person: `load` is work like any other, `soft` what is only expected. `roles` holds
    both by the name of a role whose people have not yet divided the work."""

    load: dict[int, list[int]] = field(default_factory=dict)
    soft: dict[int, list[int]] = field(default_factory=dict)
    roles: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict)


class SourceLine(NamedTuple):
    """Of a number of the planner: what another room knows or expects, as text."""

    source: Any
    minutes: str
    title: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Behind:
    """`load` and `soft` name what they are; `hidden` and `soft_hidden` count what the reader may not see."""

    minutes: int
    load: list[SourceLine]
    soft: list[SourceLine]
    hidden: str
    soft_hidden: str


def from_sources(keys: Sequence[int], columns: Any) -> FromSources:
    """Of many people, a statement for each source."""
    found, places, empty = FromSources(), columns.places if sources() else [], len(columns.ends)
    since, until = columns.today + timedelta(days=columns.first), columns.day(len(columns.ends) - 1)
    known = set(keys)
    for source in sources():
        for each in source.loads(keys, since, until):
            place = (each.day - since).days
            if not 0 <= place < len(places):
                continue
            if isinstance(each, OfRole):
                both = found.roles.setdefault(each.name, ([0] * empty, [0] * empty))
                both[each.is_expected][places[place]] += each.minutes
            elif each.person in known:
                kept = found.soft if each.is_expected else found.load
                kept.setdefault(each.person, [0] * empty)[places[place]] += each.minutes
    return found


def behind_of(person: int, columns: Any, place: int, reader: Any) -> Behind:
    """What stands behind one column of one person, a statement for each source."""
    first, after = columns.span(place)
    since, until = columns.today + timedelta(days=first), columns.today + timedelta(days=after - 1)
    found: list[tuple[Any, Expected]] = [
        (source.label, each)
        for source in sources()
        for each in _of_one(source, person, since, until, reader)
        if since <= each.day <= until
    ]
    load = [pair for pair in found if not pair[1].is_expected]
    soft = [pair for pair in found if pair[1].is_expected]
    of_work = ngettext(
        "%(n)d more you do not see, %(time)s", "%(n)d more you do not see, %(time)s", _hidden(load)
    )
    of_soft = ngettext("%(n)d expected task, %(time)s", "%(n)d expected tasks, %(time)s", _hidden(soft))
    return Behind(
        minutes=sum(each.minutes for _label, each in load),
        load=_shown(load),
        soft=_shown(soft),
        hidden=_counted(of_work, load),
        soft_hidden=_counted(of_soft, soft),
    )


def role_title(name: str) -> str:
    return _("Somebody of “%(role)s”") % {"role": name}


def _of_one(source: Any, person: int, since: Any, until: Any, reader: Any) -> Iterator[Expected]:
    if source.lines is not None:
        yield from source.lines(person, since, until, reader)
    else:
        yield from (each for each in source.loads([person], since, until) if not isinstance(each, OfRole))


def _shown(pairs: list[tuple[Any, Expected]]) -> list[SourceLine]:
    return [
        SourceLine(label, words.clock(each.minutes), each.title, each.url, each.why)
        for label, each in pairs
        if each.title
    ]


def _hidden(pairs: list[tuple[Any, Expected]]) -> int:
    return sum(not each.title for _label, each in pairs)


def _counted(text: str, pairs: list[tuple[Any, Expected]]) -> str:
    hidden = [each.minutes for _label, each in pairs if not each.title]
    return text % {"n": len(hidden), "time": words.clock(sum(hidden))} if hidden else ""
