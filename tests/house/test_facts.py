"""The catalogue of facts: well named, told by somebody, wired to what exists, readable in the timeline."""

import ast
import json
import re

from foundation.facts import catalogue
from foundation.wiring import explained, reactions_to
from tests.house.floors import FLOORS, HOUSE, sources


def test_facts_are_named_noun_dot_past_verb() -> None:
    odd = [
        name
        for name in catalogue()
        if not re.fullmatch(
            r"[a-z_]+\.[a-z_]*(ed|won|lost|left|taken|held|overdue|paid|sent|withdrawn|written_off)", name
        )
    ]
    assert odd == []


def test_what_a_fact_holds_unless_it_is_said_can_be_written_down() -> None:
    for name, fact in catalogue().items():
        usual = {each: getattr(fact, each) for each in fact._names if hasattr(fact, each)}
        assert json.loads(json.dumps(usual)).keys() == usual.keys(), name


def test_every_fact_is_told_somewhere() -> None:
    """Named outside the modules that define facts and the one that wires them."""
    named: set[str] = set()
    for room in FLOORS:
        for path in sources(room):
            if "facts" in (path.stem, path.parent.name) or path.name == "wiring.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    named.add(node.id if isinstance(node, ast.Name) else node.attr)
    untold = [fact.__name__ for fact in catalogue().values() if fact.__name__ not in named]
    assert untold == []


def test_every_wired_fact_is_in_the_catalogue_and_explains_itself() -> None:
    for name, fact in catalogue().items():
        now, later = reactions_to(fact)
        lines = explained(fact)
        assert lines[0].startswith(f"{name}: ")
        assert len(lines) == 1 + max(1, len(now) + len(later))


def test_handlers_live_in_handlers_modules() -> None:
    elsewhere = [
        f"{handler.__module__}.{handler.__name__}"
        for fact in catalogue().values()
        for handlers in reactions_to(fact)
        for handler in handlers
        if not handler.__module__.endswith(".handlers")
    ]
    assert elsewhere == []


def test_no_signals_react_in_secret() -> None:
    using = [
        str(path.relative_to(HOUSE))
        for room in FLOORS
        for path in sources(room)
        if re.search(r"post_save|pre_save|post_delete|m2m_changed", path.read_text())
    ]
    assert using == []
