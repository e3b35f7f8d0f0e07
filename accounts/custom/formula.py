"""Formulas of custom fields: + − × ÷, brackets, numbers and the keys of other numeric fields, read into a tree.

Nothing is ever executed: a text is cut into signs, the signs into a tree by recursive descent, and the tree is
walked with Decimal. An empty field, a division by zero and a result no field could hold give None, an empty cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.utils.translation import gettext as _

from foundation.errors import Refused

LONGEST = 500
DEEPEST = 30
PRECISION = 60
TOO_LARGE = Decimal(10) ** 18
SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", ":": "/", "−": "-", "\N{EN DASH}": "-"})
TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/()]))")


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Name:
    key: str


@dataclass(frozen=True)
class Negation:
    of: "Tree"


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Tree"
    right: "Tree"


Tree = Number | Name | Negation | Operation


def parsed(text: str) -> Tree:
    """The tree of a formula. Refused, with what is wrong and where, for anything else."""
    if len(text) > LONGEST:
        raise Refused(_("A formula has at most %(limit)d letters.") % {"limit": LONGEST})
    reader = _Reader(_tokens(text))
    tree = reader.sum()
    if reader.ahead:
        raise Refused(_("The formula is not understood at “%(part)s”.") % {"part": reader.ahead})
    return tree


def keys_in(tree: Tree) -> set[str]:
    """The fields a formula is computed from."""
    match tree:
        case Name(key):
            return {key}
        case Negation(of):
            return keys_in(of)
        case Operation(_, left, right):
            return keys_in(left) | keys_in(right)
    return set()


def computed(tree: Tree, values: Mapping[str, Decimal | None], decimals: int) -> Decimal | None:
    """What the formula gives for these values, rounded half up to `decimals`; None for an empty cell."""
    with localcontext() as context:
        context.prec = PRECISION
        value = _value(tree, values)
        if value is None or abs(value) >= TOO_LARGE:
            return None
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def _value(tree: Tree, values: Mapping[str, Decimal | None]) -> Decimal | None:
    match tree:
        case Number(value):
            return value
        case Name(key):
            return values.get(key)
        case Negation(of):
            value_of = _value(of, values)
            return None if value_of is None else -value_of
    left, right = _value(tree.left, values), _value(tree.right, values)
    if left is None or right is None:
        return None
    match tree.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None


def _tokens(text: str) -> list[str]:
    plain, at, found = text.translate(SIGNS).rstrip(), 0, []
    while at < len(plain):
        match = TOKEN.match(plain, at)
        if match is None:
            raise Refused(
                _("The formula is not understood at “%(part)s”.") % {"part": text[at : at + 20].strip()}
            )
        found.append(match[match.lastgroup or 0])
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the signs; `ahead` is the next one, empty at the end."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def ahead(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def sum(self) -> Tree:
        tree = self.product()
        while self.ahead in {"+", "-"}:
            tree = Operation(self._next(), tree, self.product())
        return tree

    def product(self) -> Tree:
        tree = self.part()
        while self.ahead in {"*", "/"}:
            tree = Operation(self._next(), tree, self.part())
        return tree

    def part(self) -> Tree:
        """A number, a field, something in brackets, or one of them with a minus before it."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused(_("The formula has too many brackets within brackets."))
        tree = self._part(self._next())
        self._depth -= 1
        return tree

    def _part(self, sign: str) -> Tree:
        if sign == "-":
            return Negation(self.part())
        if sign == "(":
            inner = self.sum()
            if self._next() != ")":
                raise Refused(_("A bracket of the formula is not closed."))
            return inner
        if sign[:1].isdigit():
            return Number(Decimal(sign))
        if sign[:1].isalpha():
            return Name(sign)
        if not sign:
            raise Refused(_("The formula ends too early."))
        raise Refused(_("The formula is not understood at “%(part)s”.") % {"part": sign})

    def _next(self) -> str:
        token = self.ahead
        self._at += 1
        return token
