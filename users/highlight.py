"""Which letters of a name are those that were typed, whatever the alphabet, the case or the keyboard layout."""

from functools import lru_cache

from foundation.search_text import digits, normalised, readings

Pieces = list[tuple[str, bool]]
FEWEST_DIGITS = 4


def marked(text: str, query: str) -> Pieces:
    """The text in pieces, each with whether it was looked for. Joined, they are the text."""
    places: list[int] = []
    letters: list[str] = []
    for place, letter in enumerate(text):
        for plain in _plain(letter) or ("" if letter.isalnum() else " "):
            letters.append(plain)
            places.append(place)
    flat = "".join(letters)
    wanted = _wanted(query)
    lit = {
        places[at]
        for word in wanted
        for start in _starts(flat, word)
        for at in range(start, start + len(word))
    }
    return _pieces(text, lit)


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    return normalised(letter)


@lru_cache(maxsize=256)
def _wanted(query: str) -> tuple[str, ...]:
    """The words of the likeliest reading, then of the other; a telephone's digits together too."""
    words = [word for reading in readings(query) for word in reading.split()]
    number = digits(query)
    return tuple(dict.fromkeys([*words, *([number] if len(number) >= FEWEST_DIGITS else [])]))


def _starts(flat: str, word: str) -> list[int]:
    """Where it stands; short words only at the beginning of a word, as they are looked up."""
    found, at = [], flat.find(word)
    while at >= 0:
        if len(word) > 2 or at == 0 or flat[at - 1] == " ":
            found.append(at)
        at = flat.find(word, at + 1)
    return found


def _pieces(text: str, lit: set[int]) -> Pieces:
    pieces: Pieces = []
    for place, letter in enumerate(text):
        is_lit = place in lit
        if pieces and pieces[-1][1] == is_lit:
            pieces[-1] = (pieces[-1][0] + letter, is_lit)
        else:
            pieces.append((letter, is_lit))
    return pieces
