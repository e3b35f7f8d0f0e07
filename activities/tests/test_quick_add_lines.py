"""Lines as people type them, in four languages: what is understood on a Wednesday, and what is left for the title.

`lines/<language>.txt` holds a line, then what it says (its kind, then each part with its readings, likeliest first;
`+3` is three working days, whose calendar is asked later), then the words that are left and the names among them.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.quick_add.grammars import GRAMMARS
from activities.quick_add.parsing import Parsed, parse

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
FEWEST = 40
STAY = ("amount",)  # a sum stays in the words


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for language in GRAMMARS:
        rows = (Path(__file__).parent / "lines" / f"{language}.txt").read_text().splitlines()
        assert len(rows) >= 3 * FEWEST
        triples = zip(rows[::3], rows[1::3], rows[2::3], strict=True)
        found += [(language, line, said.strip(), left.strip()) for line, said, left in triples]
    return found


def said_of(parsed: Parsed) -> str:
    parts = sorted(parsed.parts, key=lambda part: part.kind)
    texts = ["|".join(each.strip().replace(" ", "_") for each in part.readings) for part in parts]
    return " ".join(
        [parsed.kind or "-", *(f"{part.kind}={text}" for part, text in zip(parts, texts, strict=True))]
    )


def left_of(parsed: Parsed) -> str:
    spans = [(part.start, part.end) for part in parsed.parts if part.kind not in STAY]
    spans += [(parsed.label.start, parsed.label.end)] if parsed.label else []
    names = ", ".join(each.sign + each.said() for each in parsed.mentions)
    return f"{parsed.title(*spans)}  <{names}>"


@pytest.mark.parametrize(("language", "line", "said", "left"), cases())
def test_a_line_says_what_it_says(language, line, said, left):
    parsed = parse(line, now=NOW, language=language)
    assert said_of(parsed) == said
    assert left_of(parsed) == left


@pytest.mark.parametrize("own", sorted(GRAMMARS))
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("call Romashka tomorrow 15:00", "call day=2026-11-26 time=15:00"),
        ("позвонить в Ромашку завтра в 15:00", "call day=2026-11-26 time=15:00"),
        ("llamar a Romashka mañana 15:00", "call day=2026-11-26 time=15:00"),
        ("telepon Romashka besok jam 15", "call day=2026-11-26 time=15:00"),
        ("llamar a Romashka hoy", "call day=2026-11-25"),
        ("telepon Romashka lusa", "call day=2026-11-27"),
    ],
)
def test_a_line_in_another_language_than_ones_own_is_understood_too(own, line, said):
    assert said_of(parse(line, now=NOW, language=own)) == said


@pytest.mark.parametrize(
    ("line", "readings"),
    [
        ("pay 5,000 EUR", ("5000 EUR", "5 EUR")),
        ("pay 5 000.50 EUR", ("5000.5 EUR",)),
        ("pay 1'234'567 CHF", ("1234567 CHF",)),
        ("pay € 20", ("20 EUR",)),
        ("pay Rp 1.500.000", ("1500000 IDR",)),
        ("pay 0.500 EUR", ("0.5 EUR",)),
    ],
)
def test_a_sum_is_read_with_its_separators_and_both_ways_where_they_are_not_plain(line, readings):
    (part,) = parse(line, now=NOW, language="en").parts
    assert part.readings == readings


@pytest.mark.parametrize(
    "line", ["buy 30 roses", "room 5000", "5 kilos", "1000 0 EUR x", "99999999999999 EUR"]
)
def test_a_bare_number_is_no_sum(line):
    parts = parse(line, now=NOW, language="en").parts
    assert "5000" not in [reading for part in parts for reading in part.readings]
    assert all(part.kind != "amount" or len(part.readings[0]) < 20 for part in parts)
