"""What search answers: groups of rows with what was looked for marked, commands, and what was opened lately."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.navigation import DOORS, is_there
from foundation.search_text import readings
from users import commands, recents
from users.commands import A_CLIENT, A_LINE, Command, Meant
from users.finders import PEOPLE, TAGS, Finder, Hit, finder_of, finders_for
from users.highlight import Pieces, marked

LIMIT = 5
MOST_WORDS = 8
MOST_GROUPS_OF_CLIENTS = 2
COMMAND = ">"


@dataclass(frozen=True)
class Row:
    """A hit as it is drawn: its name and detail in pieces, and what its actions call it."""

    hit: Hit
    title: Pieces
    detail: Pieces
    kind: str = ""
    subject: str = ""
    is_pinned: bool = False


@dataclass(frozen=True)
class Group:
    label: Any
    rows: Sequence[Row]


def answered(person: Any, query: str) -> list[Group]:
    """Groups for what was typed: nothing, a command, @ a person, # a tag, or words of any record."""
    if not query:
        return _lately(person)
    if query.startswith(COMMAND):
        return _commanded(person, query.removeprefix(COMMAND).strip())
    sign, rest = query[:1], query[1:].strip()
    if sign in (PEOPLE, TAGS) and "." not in rest:  # “@acme.example” is a part of an e-mail
        return _found(person, rest, finders_for(person, sign), is_empty_asked=sign == TAGS)
    return _found(person, query, finders_for(person))


def _found(
    person: Any, query: str, finders: Sequence[Finder], *, is_empty_asked: bool = False
) -> list[Group]:
    """A word said twice tells nothing more, and eight tell enough."""
    query = " ".join(list(dict.fromkeys(query.split()))[:MOST_WORDS])
    if not readings(query) and not is_empty_asked:
        return []
    groups = ((finder, finder.find(person, query, LIMIT)) for finder in finders)
    return [
        Group(finder.label, [_row(hit, query, finder) for hit in hits]) for finder, hits in groups if hits
    ]


def _row(hit: Hit, query: str, finder: Finder | None = None, *, is_pinned: bool = False) -> Row:
    title = marked(hit.title, query) if query else [(hit.title, False)]
    detail = marked(hit.detail, query) if query else [(hit.detail, False)]
    if finder is None or hit.key is None:
        return Row(hit, title, detail)
    return Row(hit, title, detail, finder.key if finder.named else "", finder.subject, is_pinned)


def _lately(person: Any) -> list[Group]:
    pinned, opened = recents.pinned_and_opened(person)
    groups = ((_("Pinned"), pinned, True), (_("Opened lately"), opened, False))
    return [
        Group(label, [_row(hit, "", finder_of(kind), is_pinned=is_pinned) for kind, hit in rows])
        for label, rows, is_pinned in groups
        if rows
    ]


def _commanded(person: Any, typed: str) -> list[Group]:
    found = commands.meant(person, typed)
    plain = [_row(each.command.hit(), typed) for each in found if not each.rest]
    lines = [_with_line(each) for each in found if each.rest and each.command.takes == A_LINE]
    with_client = [each for each in found if each.rest and each.command.takes == A_CLIENT]
    groups = [Group(_("Commands"), [*lines, *plain])] if lines or plain else []
    return groups + [
        group for each in with_client[:MOST_GROUPS_OF_CLIENTS] if (group := _for_clients(person, each))
    ]


def _with_line(meant: Meant) -> Row:
    title = _("%(command)s: %(words)s") % {"command": meant.command.title, "words": meant.rest}
    return _row(meant.command.hit(title=title, value=meant.rest), meant.rest)


def _for_clients(person: Any, meant: Meant) -> Group | None:
    clients = finder_of("clients")
    if clients is None or not person.may(clients.gate):
        return None
    hits = [hit for hit in clients.find(person, meant.rest, LIMIT) if hit.key is not None]
    rows = [
        _row(
            meant.command.hit(
                title=_("%(command)s: %(words)s") % {"command": meant.command.title, "words": hit.title},
                value=hit.key,
            ),
            meant.rest,
        )
        for hit in hits
    ]
    return Group(meant.command.title, rows) if rows else None


def doors() -> Iterator[Command]:
    """Every door of the rail and of the + New menu, as commands."""
    for door in DOORS:
        if is_there(door):
            yield Command(
                f"go_{door.key}", door.title, door.icon, door.url_name, door.verb, gettext_lazy("go open")
            )
    yield Command("shortcuts", gettext_lazy("Keyboard shortcuts"), "keyboard", "shortcuts", is_dialog=True)


commands.register(doors)
