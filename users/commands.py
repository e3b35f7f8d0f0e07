"""What can be done by typing `>` into search: each room registers its commands, like doors of the rail.

A command is found by the beginnings of its words, in the person's language or in English, on either keyboard. One that
`takes` something goes on with what was typed after it: “> new deal for Romashka”, “> new task call Ivan tomorrow”.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from foundation.search_text import readings
from users.finders import Hit

A_CLIENT, A_LINE = "client", "line"
BETWEEN = "for|with|to|about|для|с|со|к|про|para|con|a|de|untuk|dengan|ke|tentang"
MOST = 8


@dataclass(frozen=True)
class Command:
    """`words` are other names for it. `takes` says what may follow: a client found by name, or a line, whose address
    parameter is `parameter`. `posts` changes something at once; without a script `url_name` opens instead of it."""

    key: str
    title: Any
    icon: str
    url_name: str
    gate: str = ""
    words: Any = ""
    takes: str = ""
    parameter: str = ""
    posts: tuple[tuple[str, str], ...] = ()
    posts_to: str = ""
    arguments: tuple[str, ...] = ()
    is_dialog: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.arguments)

    def hit(self, *, title: str = "", value: Any = "") -> Hit:
        """The command as a row of search; with what it takes, where that is known."""
        url = f"{self.url}?{urlencode({self.parameter: value})}" if value else self.url
        said = str(title or self.title)
        if self.posts:
            to = reverse(self.posts_to or self.url_name)
            return Hit(said, "", to, self.icon, posts=urlencode(self.posts), instead=url)
        return Hit(said, "", url, self.icon, is_dialog=self.is_dialog)


@dataclass(frozen=True)
class Meant:
    """A command and what was typed after it."""

    command: Command
    rest: str
    matched: int


_sources: list[Callable[[], Iterable[Command]]] = []


def register(source: Callable[[], Iterable[Command]]) -> None:
    """`source` lists commands each time it is asked: cheap, and without the database."""
    if source not in _sources:
        _sources.append(source)


def commands_for(person: Any) -> list[Command]:
    found = {each.key: each for source in _sources for each in source()}
    return [each for each in found.values() if not each.gate or person.may(each.gate)]


def meant(person: Any, typed: str) -> list[Meant]:
    """Commands that what was typed may begin, those with most of its words first; all of them for nothing typed."""
    said = typed.split()
    found = [match for each in commands_for(person) if (match := _match(each, said)) is not None]
    if not said:
        return found
    best = max((each.matched for each in found), default=0)
    whole = [each for each in found if each.matched == len(said)]
    begun = _readings(said[0])
    found.sort(key=lambda each: _place(each.command, begun))
    whole.sort(key=lambda each: _place(each.command, begun))
    return (whole or [each for each in found if each.matched == best])[:MOST]


def _place(command: Command, begun: tuple[str, ...]) -> tuple[bool, int]:
    """Titles that begin with what was typed first, the shortest of them first."""
    title = str(command.title)
    return not any(each.startswith(begun) for each in readings(title)[:1]), len(title)


def _match(command: Command, said: list[str]) -> Meant | None:
    names = _names(str(command.title), str(command.words), _in_english(command), get_language() or "en")
    matched = 0
    for word in said:
        if not any(name.startswith(reading) for reading in _readings(word) for name in names):
            break
        matched += 1
    if matched == len(said):
        return Meant(command, "", matched)
    if not matched or not command.takes:
        return None
    rest = said[matched:]
    if len(rest) > 1 and rest[0].casefold() in BETWEEN.split("|"):
        rest = rest[1:]
    return Meant(command, " ".join(rest), matched)


@lru_cache(maxsize=1024)
def _names(title: str, words: str, english: str, _language: str) -> frozenset[str]:
    return frozenset(
        word for text in (title, words, english) for one in readings(text)[:1] for word in one.split()
    )


@lru_cache(maxsize=512)
def _readings(word: str) -> tuple[str, ...]:
    return tuple(readings(word))


def _in_english(command: Command) -> str:
    with override("en"):
        return f"{command.title} {command.words}"


def own() -> list[Command]:
    """Of the person themselves: theme, language, profile, notifications."""
    themes = (("light", _("Light theme"), "sun"), ("dark", _("Dark theme"), "moon"),
              ("system", _("Theme as the system has it"), "device-desktop"))  # fmt: skip
    return [
        *(
            Command(f"theme_{key}", title, icon, "users:profile", words=_("appearance"), posts=(("theme", key),),
                    posts_to="users:theme")
            for key, title, icon in themes
        ),
        *(
            Command(f"language_{code}", name, "language", "users:profile", words=_("language"),
                    posts=(("language", code),), posts_to="users:theme")
            for code, name in settings.LANGUAGES
        ),
        Command("profile", _("My profile"), "user", "users:profile", words=_("settings")),
        Command("notifications", _("Notifications"), "bell", "users:notifications", words=_("bell")),
        Command("notification_settings", _("Notification settings"), "bell-cog", "users:notification_settings"),
        Command("sign_out", _("Sign out"), "logout", "account_logout", words=_("exit")),
    ]  # fmt: skip


register(own)
