r"""How conditions are written in an address: `all(amount:from:1000;any(stage:in:3,4;title:has:rose))`.

A group is all(…) or any(…) of conditions apart by semicolons; groups stand inside the outer one and no deeper.
A condition is field:operator, then values apart by commas. A backslash takes the meaning from the sign after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation.errors import Refused

LONGEST = 2_000
MOST_CONDITIONS = 20
MOST_VALUES = 100
SIGNS = ":;,()\\"
ALL, ANY = "all", "any"


@dataclass(frozen=True)
class Condition:
    field: str
    op: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """`is_any`: one of the items is enough."""

    is_any: bool = False
    items: tuple["Condition | Group", ...] = ()

    def conditions(self) -> Iterator[Condition]:
        for item in self.items:
            if isinstance(item, Group):
                yield from item.conditions()
            else:
                yield item


def parsed(text: str) -> Group:
    """Refused, in a sentence, for anything that is not written so, or asks for more than a list can bear."""
    if len(text) > LONGEST or "\x00" in text:
        raise _unread()
    reader = _Reader(text)
    tree = reader.group(is_inner=False)
    if reader.at != len(text):
        raise _unread()
    if sum(1 for _each in tree.conditions()) > MOST_CONDITIONS:
        raise Refused(_("At most %(n)d conditions at once.") % {"n": MOST_CONDITIONS})
    return tree


def written(tree: Group) -> str:
    """As `parsed` reads it; nothing for no conditions."""
    return _written(tree) if tree.items else ""


def without(tree: Group, place: tuple[int, ...]) -> Group:
    """The tree without what stands at a place: (2,) is its third item, (2, 0) the first of that group."""
    first, *rest = place
    items = list(tree.items)
    inner = items[first]
    if rest and isinstance(inner, Group):
        left = without(inner, (rest[0],))
        items[first : first + 1] = [left] if left.items else []
    else:
        del items[first]
    return Group(tree.is_any, tuple(items))


def joined(tree: Group, condition: Condition, into: str) -> Group:
    """The tree with one more condition: `into` is empty for the outer group, the place of a group, or all or any for
    a new group of its own."""
    if into in (ALL, ANY):
        return Group(tree.is_any, (*tree.items, Group(into == ANY, (condition,))))
    if into.isascii() and into.isdigit() and int(into) < len(tree.items):
        inner = tree.items[int(into)]
        if isinstance(inner, Group):
            grown = Group(inner.is_any, (*inner.items, condition))
            return Group(tree.is_any, (*tree.items[: int(into)], grown, *tree.items[int(into) + 1 :]))
    return Group(tree.is_any, (*tree.items, condition))


def narrowed(tree: Group, condition: Condition) -> Group | None:
    """What also meets the condition; None where that would take a third level."""
    if not tree.is_any or len(tree.items) < 2:
        return Group(False, (*tree.items, condition))
    if any(isinstance(item, Group) for item in tree.items):
        return None
    return Group(False, (tree, condition))


def _written(item: Condition | Group) -> str:
    if isinstance(item, Group):
        return f"{ANY if item.is_any else ALL}({';'.join(_written(each) for each in item.items)})"
    said = [_guarded(item.field), _guarded(item.op)]
    said += [",".join(_guarded(value) for value in item.values)] if item.values else []
    return ":".join(said)


def _guarded(text: str) -> str:
    return "".join(f"\\{sign}" if sign in SIGNS else sign for sign in text)


def _unread() -> Refused:
    return Refused(_("The conditions in this address cannot be read. Clear them and choose again."))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def group(self, *, is_inner: bool) -> Group:
        return self._group(self._word(), is_inner=is_inner)

    def _group(self, word: str, *, is_inner: bool) -> Group:
        if word not in (ALL, ANY):
            raise _unread()
        self._take("(")
        items: list[Condition | Group] = []
        while not self._next_is(")"):
            if items:
                self._take(";")
            items.append(self._item(is_inner=is_inner))
            if len(items) > MOST_CONDITIONS:
                raise Refused(_("At most %(n)d conditions at once.") % {"n": MOST_CONDITIONS})
        self._take(")")
        if is_inner and not items:
            raise _unread()
        return Group(word == ANY, tuple(items))

    def _item(self, *, is_inner: bool) -> Condition | Group:
        word = self._word()
        if self._next_is("(") and not is_inner:
            return self._group(word, is_inner=True)
        self._take(":")
        op = self._word()
        values: list[str] = []
        if self._next_is(":"):
            self._take(":")
            values.append(self._word())
            while self._next_is(","):
                self._take(",")
                values.append(self._word())
        if not word or not op or len(values) > MOST_VALUES:
            raise _unread()
        return Condition(word, op, tuple(values))

    def _word(self) -> str:
        found = []
        while self.at < len(self.text) and (sign := self.text[self.at]) not in ":;,()":
            if sign == "\\":
                self.at += 1
                if self.at == len(self.text):
                    raise _unread()
            found.append(self.text[self.at])
            self.at += 1
        return "".join(found)

    def _next_is(self, sign: str) -> bool:
        return self.text[self.at : self.at + 1] == sign

    def _take(self, sign: str) -> None:
        if not self._next_is(sign):
            raise _unread()
        self.at += 1
