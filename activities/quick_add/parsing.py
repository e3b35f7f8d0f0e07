"""What a line says: pure, without the database. What is not understood stays in the title, word for word."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from activities.quick_add.grammars import GRAMMARS, in_order
from activities.quick_add.grammars.grammar import Grammar
from activities.quick_add.rules import Rule, rules_of

LONGEST_LINE = 500
SHORTEST_FOREIGN = (
    5  # “mar” is a day in Spanish and a month in English: shorter words only in one's own language
)
MOST_WORDS = 6
NAMES = 2
SAYING_THE_SAME = {"moment": ("day", "time"), "day": ("moment",), "time": ("moment",)}
PLAIN_PRIORITIES = {"!": "1", "!!": "1", "!!!": "1", "!1": "1", "!2": "2", "!3": "3"}
LABELS = ("note", "task")
BEFORE_NAMES = "|".join(f"(?:{grammar.before_names})" for grammar in GRAMMARS.values())
TRIMMED = " \t,;–—-"
OPENING_QUOTES, CLOSING_QUOTES = '"“«„', '"”»“'


@dataclass(frozen=True)
class Part:
    """A piece of the line that was understood. Several readings, likeliest first, where it is not plain."""

    kind: str  # day, time, moment, duration, priority, amount
    text: str
    start: int
    end: int
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Mention:
    """Words that may name somebody or something: `@` a colleague, `#` a deal, no sign a client or a contact."""

    sign: str
    start: int
    words: tuple[Word, ...]

    def said(self, count: int | None = None) -> str:
        return " ".join(word.text for word in self.words[:count])


@dataclass(frozen=True)
class Parsed:
    line: str
    parts: tuple[Part, ...]
    kind: str  # by its first word: call, mail, message, visit, meeting, note, task, or nothing
    mentions: tuple[Mention, ...]
    label: Word | None = None  # the first word where it only labels what follows: note, task

    def part(self, kind: str) -> Part | None:
        return next((part for part in self.parts if part.kind == kind), None)

    def title(self, *taken: tuple[int, int]) -> str:
        """The line without what is said by those spans."""
        kept, end = [], 0
        for start, stop in sorted(taken):
            kept.append(self.line[end : max(start, end)])
            end = max(end, stop)
        return " ".join(" ".join([*kept, self.line[end:]]).split()).strip(TRIMMED)


def tidy(line: str) -> str:
    return " ".join(unicodedata.normalize("NFC", line.replace("\x00", " ")).split())[:LONGEST_LINE].rstrip()


def parse(line: str, *, now: datetime, language: str) -> Parsed:
    """`now` is the moment on the person's wall clock; days are counted from its date."""
    line = tidy(line)
    folded = "".join(map(_folded, line))
    language = _spoken(folded, now, language)
    parts = _parts(line, folded, now, language)
    spans = [(part.start, part.end) for part in parts]
    words = _words(line, spans)
    kind = _kind(words[0].text, language) if words else ""
    label = words[0] if kind in LABELS else None
    return Parsed(line, tuple(parts), kind, tuple(_mentions(line, words, kind)), label)


def _spoken(folded: str, now: datetime, language: str) -> str:
    """The language of the line: one's own, unless that understands no word of it and another does."""
    first = folded.split(" ", 1)[0]
    understood = {
        grammar.language: len(_kind_in(grammar, first)) + _words_of(grammar, folded, now)
        for grammar in in_order(language)
    }
    own = understood.get(language, 0)
    return language if own else max(understood, key=lambda each: (understood[each], each == language))


def _words_of(grammar: Grammar, folded: str, now: datetime) -> int:
    """How many letters of the line the rules of a language explain by its words."""
    found: set[int] = set()
    for rule in rules_of(grammar.language):
        for match in rule.pattern.finditer(folded):
            if rule.kind != "beside" and match[0].strip("0123456789:./- ") and _readings(rule, match, now):
                found.update(range(*match.span()))
    return len(found)


def _folded(letter: str) -> str:
    """Lower case; Latin letters without accents; always one letter, so that places in the line stay true."""
    lower = letter.lower()
    lower = lower if len(lower) == 1 else letter
    if lower == "ё":
        return "е"
    plain = unicodedata.normalize("NFD", lower)[0]
    return plain if plain.isascii() else lower


def _parts(line: str, folded: str, now: datetime, language: str) -> list[Part]:
    """The leftmost, then the longest, then what one's own language says; one of each kind."""
    found: dict[tuple[int, int, int, str], Part] = {}
    for rank, grammar in enumerate(in_order(language)):
        parts = [
            part
            for rule in rules_of(grammar.language)
            for match in rule.pattern.finditer(folded)
            if rank == 0 or _is_plain_abroad(match[0])
            if (part := _part(rule, line, match, now))
        ]
        for part in [*parts, *_priorities(line, folded, grammar)]:
            place = (part.start, -part.end, rank, part.kind)
            before = found[place].readings if place in found else ()
            found[place] = replace(part, readings=tuple(dict.fromkeys([*before, *part.readings])))
    chosen: list[Part] = []
    for _place, part in sorted(found.items(), key=lambda each: each[0][:3]):
        kinds = {each.kind for each in chosen}
        is_free = all(part.start >= each.end or part.end <= each.start for each in chosen)
        if is_free and part.kind != "beside" and not kinds & {part.kind, *SAYING_THE_SAME.get(part.kind, ())}:
            chosen.append(part)
    return chosen + _beside(chosen, found.values())


def _beside(chosen: list[Part], found: Iterable[Part]) -> list[Part]:
    """“Tomorrow morning”: a time of day that counts only where a day stands next to it."""
    day = next((each for each in chosen if each.kind == "day"), None)
    if day is None or any(each.kind in ("time", "moment") for each in chosen):
        return []
    beside = (
        each for each in found if each.kind == "beside" and 1 in (each.start - day.end, day.start - each.end)
    )
    return [replace(each, kind="time") for each in beside][:1]


def _is_plain_abroad(said: str) -> bool:
    """Of other languages than one's own: long words, foreign letters, numbers with their units."""
    if not said.isascii():
        return True
    return any(letter.isalpha() for letter in said) and (len(said) >= SHORTEST_FOREIGN or said[0].isdigit())


def _part(rule: Rule, line: str, match: "re.Match[str]", now: datetime) -> Part | None:
    readings = _readings(rule, match, now)
    if not readings:
        return None
    kind = ("moment" if "T" in readings[0] else "day") if rule.kind == "ahead" else rule.kind
    return Part(kind, line[match.start() : match.end()], match.start(), match.end(), tuple(readings))


def _readings(rule: Rule, match: "re.Match[str]", now: datetime) -> list[str]:
    try:
        return rule.read(match, now)
    except OverflowError:  # a day after the last there is
        return []


def _priorities(line: str, folded: str, grammar: Grammar) -> list[Part]:
    found = []
    for match in re.finditer(r"(?<!\S)([!#])(\S*)", folded):
        named = (str(n) for n, words in grammar.priorities.items() if re.fullmatch(words, match[2]))
        number = PLAIN_PRIORITIES.get(match[0]) or next(named, None)
        if number:
            found.append(Part("priority", line[match.start() : match.end()], *match.span(), (number,)))
    return found


def _words(line: str, spans: list[tuple[int, int]]) -> list[Word]:
    """Words outside what was understood."""
    words = [Word(match[0], *match.span()) for match in re.finditer(r"\S+", line)]
    return [word for word in words if all(word.start >= end or word.end <= start for start, end in spans)]


def _kind(first: str, language: str) -> str:
    """Said by the first word: “prepare the call list” is no call."""
    first = "".join(map(_folded, first))
    kinds = (_kind_in(grammar, first) for grammar in in_order(language))
    return next((kind for kind in kinds if kind), "")


def _kind_in(grammar: Grammar, first: str) -> str:
    bare = first.strip(".,:;!?")
    return next((kind for kind, said in grammar.kinds.items() if re.fullmatch(said, bare)), "")


def _mentions(line: str, words: list[Word], kind: str) -> list[Mention]:
    """@colleagues and #deals wherever they stand; names by their capitals, or after the word that says the kind."""
    found: list[Mention] = []
    names, place = 0, 0
    while place < len(words):
        word = words[place]
        sign = word.text[0] if word.text[0] in "@#" and len(word.text) > 1 else ""
        run = _run(line, words, place, sign)
        is_name = not sign and names < NAMES and _is_name(run, words, place, kind)
        if sign:
            found.append(Mention(sign, word.start, _bare(run, sign)))
            place += 1
        elif is_name:
            called = _called(run)
            found.append(Mention("", called[0].start, called))
            names += 1
            place += len(run)
        else:
            place += 1
    return found


def _run(line: str, words: list[Word], place: int, sign: str) -> list[Word]:
    """Words that stand side by side: all of them after a sign, capitalised ones for a name."""
    run = [words[place]]
    for word in words[place + 1 : place + MOST_WORDS]:
        beside = line[run[-1].end : word.start] == " "
        ends = run[-1].text[-1] in ".,;:!?" or word.text[0] in "@#!"
        if not beside or ends or (not sign and not word.text[0].isupper()):
            break
        run.append(word)
    return run


def _bare(run: list[Word], sign: str) -> tuple[Word, ...]:
    """Without the sign and quotes; up to the closing quote where one was opened."""
    first = Word(run[0].text.removeprefix(sign), run[0].start, run[0].end)
    is_quoted = first.text[:1] in OPENING_QUOTES and bool(first.text)
    bare = []
    for word in [first, *run[1:]]:
        text = word.text.strip(OPENING_QUOTES + CLOSING_QUOTES + ".,;:!?")
        if text:
            bare.append(Word(text, word.start, word.end))
        if is_quoted and word.text[-1:] in CLOSING_QUOTES and len(word.text) > 1:
            break
    return tuple(bare or [first])


def _called(run: list[Word]) -> tuple[Word, ...]:
    """Without the titles before a name: “Pak Budi” is Budi."""
    while len(run) > 1 and _is_before_names(run[0].text):
        run = run[1:]
    return tuple(run)


def _is_before_names(word: str) -> bool:
    return bool(re.fullmatch(BEFORE_NAMES, "".join(map(_folded, word))))


def _is_name(run: list[Word], words: list[Word], place: int, kind: str) -> bool:
    text = run[0].text
    if place == 0:  # a sentence begins with a capital: one word alone says nothing, and what to do is no name
        return not kind and len(run) > 1 and text[0].isupper()
    if text[0].isupper():
        return len(run) > 1 or not _is_before_names(text)
    is_before_a_name = len(words) > place + 1 and words[place + 1].text[0].isupper()  # “call to Ivan”
    is_after_the_kind = place == 1 or (place == 2 and _is_before_names(words[1].text))
    is_said_in_small = is_after_the_kind and text[0].isalpha() and not _is_before_names(text)
    return kind not in ("", "task") and is_said_in_small and not is_before_a_name
