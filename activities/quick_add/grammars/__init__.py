"""How people say when, how long and what, a language a file. All of them are understood at once, one's own first."""

from activities.quick_add.grammars import english, indonesian, russian, spanish
from activities.quick_add.grammars.grammar import Grammar

GRAMMARS = {
    each.language: each for each in (english.GRAMMAR, russian.GRAMMAR, spanish.GRAMMAR, indonesian.GRAMMAR)
}


def in_order(language: str) -> list[Grammar]:
    """The person's own language first; between readings of the same words it wins."""
    return sorted(GRAMMARS.values(), key=lambda grammar: grammar.language != language)
