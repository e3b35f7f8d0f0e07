"""Conditions as one line of text, for BPMN: `deal.amount >= 100000.00 and not (deal.stage is 7)`.

`from_text(as_text(tree)) == tree`, exactly. Texts stand in quotes as in JSON; numbers with a decimal point stand as
they were written. A group of fewer than two is `all(…)` or `any(…)`, a list `some deal.lines (…)`. A name that is not
made of small Latin letters, digits and points, or is a word of the language, stands between grave accents.
"""

import json
import re
from typing import NoReturn

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.conditions.reading import DEEPEST, LARGEST, read, written
from processes.conditions.tree import OPS, RELATIVE, AllOf, AnyOf, Asked, Leaf, Not, Plain, Some, Tree

LONGEST = 200_000
PHRASES = {
    "gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "is": "is", "is_not": "is not", "in": "in", "not_in": "not in",
    "contains": "contains", "not_contains": "not contains", "starts_with": "starts with", "between": "between",
    "in_next": "within next", "in_last": "within last", "older": "older than", "later": "later than",
    "empty": "is empty", "not_empty": "is not empty",
}  # fmt: skip
READ = {
    **{tuple(phrase.split()): op for op, phrase in PHRASES.items()},
    ("=",): "is",
    ("==",): "is",
    ("!=",): "is_not",
}
LONGEST_PHRASE = max(len(phrase) for phrase in READ)
WORDS = {word for phrase in READ for word in phrase} | {
    "and", "or", "not", "all", "any", "some", "true", "false", "days",
}  # fmt: skip
NAME = r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*"
DECIMAL = r"-?[0-9]+\.[0-9]+"
TOKEN = re.compile(
    rf"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<decimal>{DECIMAL})|(?P<whole>-?[0-9]+)|(?P<word>{NAME})"""
    r"|`(?P<odd>[^`]+)`|(?P<sign>>=|<=|==|!=|[()\[\],<>=])|(?P<end>\Z))",
    re.DOTALL,
)
Token = tuple[str, str, int]  # kind, text, place


def as_text(tree: Tree) -> str:
    """Of a tree as it was written, not of a checked one."""
    match tree:
        case AllOf(parts) | AnyOf(parts) if len(parts) < 2:
            return (
                f"{'all' if isinstance(tree, AllOf) else 'any'}({''.join(as_text(part) for part in parts)})"
            )
        case AllOf(parts):
            return " and ".join(_guarded(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_guarded(part) for part in parts)
        case Not(part):
            return f"not ({as_text(part)})"
        case Some(name, part):
            return f"some {_named(name)} ({as_text(part)})"
        case Leaf(name, op, value):
            return " ".join([_named(name), PHRASES[op], *_operand(op, value)])
        case Asked():
            raise ValueError(tree)


def from_text(text: str) -> Tree:
    """Refused, in a sentence that says where, for what is not written so."""
    if len(text) > LONGEST:
        raise Refused(_("This condition is too long."))
    return read(written(_Reader(text).whole()))


def _guarded(part: Tree) -> str:
    is_group = isinstance(part, AllOf | AnyOf) and len(part.parts) > 1
    return f"({as_text(part)})" if is_group else as_text(part)


def _named(name: str) -> str:
    return name if re.fullmatch(NAME, name) and name not in WORDS else f"`{name}`"


def _operand(op: str, value: Plain | tuple[Plain, ...] | None) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, tuple):
        return [_value(value), "days"] if op in RELATIVE else [_value(value)]
    if op == "between":
        return [f"{_value(value[0])} and {_value(value[1])}"]
    return [f"[{', '.join(_value(each) for each in value)}]"]


def _value(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or re.fullmatch(DECIMAL, value):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self.either()
        return tree if self.kind == "end" else self.fail()

    def either(self) -> Tree:
        parts = [self.every()]
        while self.takes("or"):
            parts.append(self.every())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def every(self) -> Tree:
        parts = [self.single()]
        while self.takes("and"):
            parts.append(self.single())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def single(self) -> Tree:
        self.depth += 1
        if self.depth > 4 * DEEPEST:
            self.fail()
        tree = self._single()
        self.depth -= 1
        return tree

    def _single(self) -> Tree:
        if self.takes("not"):
            return Not(self.single())
        if self.takes("("):
            return self.closed(self.either())
        if self.takes("all"):
            return AllOf(self.listed())
        if self.takes("any"):
            return AnyOf(self.listed())
        if self.takes("some"):
            name = self.name()
            self.must("(")
            return Some(name, self.closed(self.either()))
        return self.question()

    def listed(self) -> tuple[Tree, ...]:
        self.must("(")
        parts: list[Tree] = []
        while not self.takes(")"):
            if parts:
                self.must(",")
            parts.append(self.either())
        return tuple(parts)

    def closed(self, tree: Tree) -> Tree:
        self.must(")")
        return tree

    def question(self) -> Tree:
        name, op = self.name(), self.op()
        if OPS[op].takes == 0:
            return Leaf(name, op)
        if op == "between":
            first = self.value()
            self.must("and")
            return Leaf(name, op, (first, self.value()))
        if OPS[op].takes is None:
            self.must("[")
            values = [self.value()]
            while self.takes(","):
                values.append(self.value())
            self.must("]")
            return Leaf(name, op, tuple(values))
        value = self.value()
        if op in RELATIVE:
            self.must("days")
        return Leaf(name, op, value)

    def op(self) -> str:
        """The longest phrase that stands here."""
        for length in range(LONGEST_PHRASE, 0, -1):
            ahead = self.tokens[self.place : self.place + length]
            phrase = tuple(text if kind in ("word", "sign") else "" for kind, text, _at in ahead)
            if phrase in READ:
                self.place += len(phrase)
                return READ[phrase]
        self.fail()

    def name(self) -> str:
        kind, text, _at = self.tokens[self.place]
        if kind != "odd" and (kind != "word" or text in WORDS):
            self.fail()
        self.place += 1
        return text

    def value(self) -> Plain:
        kind, text, _at = self.tokens[self.place]
        try:
            value = _read_value(kind, text)
        except ValueError:
            self.fail()
        self.place += 1
        return value

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0]

    def takes(self, word: str) -> bool:
        kind, text, _at = self.tokens[self.place]
        if kind not in ("word", "sign") or text != word:
            return False
        self.place += 1
        return True

    def must(self, word: str) -> None:
        if not self.takes(word):
            self.fail()

    def fail(self) -> NoReturn:
        _kind, _text, at = self.tokens[min(self.place, len(self.tokens) - 1)]
        raise _unread(at)


def _read_value(kind: str, text: str) -> Plain:
    if kind == "text":
        return str(json.loads(text, strict=False))
    if kind == "decimal":
        return text
    if kind == "whole" and len(text) <= len(str(-LARGEST)):
        return int(text)
    if kind == "word" and text in ("true", "false"):
        return text == "true"
    raise ValueError(text)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while not found or found[-1][0] != "end":
        token = TOKEN.match(text, at)
        if token is None:
            raise _unread(len(text) - len(text[at:].lstrip()))
        kind = token.lastgroup or "end"
        found.append((kind, token[kind], token.start(kind)))
        at = token.end()
    return found


def _unread(at: int) -> Refused:
    return Refused(_("The condition cannot be read from sign %(n)d on.") % {"n": at + 1})
