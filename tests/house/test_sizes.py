"""Small files, small functions, small views, small templates. An exception is named here with its reason."""

import ast

import pytest

from tests.house.floors import FLOORS, HOUSE, sources

FILE, FUNCTION, VIEW, TEMPLATE, FOUNDATION = 400, 50, 30, 150, 2_000
EXCEPTIONS: dict[str, str] = {}


def length(node: ast.AST) -> int:
    """Lines of a function's body without its docstring: what a reader must hold in mind."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("room", [*FLOORS, "launch", "bench"])
def test_files_and_functions_stay_small(room: str) -> None:
    too_long = []
    for path in sources(room):
        name = str(path.relative_to(HOUSE))
        text = path.read_text()
        if text.count("\n") > FILE and name not in EXCEPTIONS:
            too_long.append(f"{name}: {text.count(chr(10))} lines")
        limit = VIEW if "views" in path.parts else FUNCTION
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > limit:
                called = f"{name}::{node.name}"
                if called not in EXCEPTIONS:
                    too_long.append(f"{called}: {length(node)} lines, at most {limit}")
    assert too_long == []


def test_templates_stay_small() -> None:
    too_long = [
        f"{path.relative_to(HOUSE)}: {lines} lines"
        for path in sorted((HOUSE / "templates").rglob("*.html"))
        if (lines := path.read_text().count("\n")) > TEMPLATE
    ]
    assert too_long == []


def test_the_ground_floor_stays_small() -> None:
    """Lines with something on them; what only tests use does not count."""
    written = [
        line
        for path in sources("foundation")
        if path.name != "testing.py"
        for line in path.read_text().split("\n")
        if line.strip()
    ]
    assert len(written) <= FOUNDATION


def test_half_of_all_files_are_under_150_lines() -> None:
    lengths = sorted(path.read_text().count("\n") for room in FLOORS for path in sources(room))
    assert lengths[len(lengths) // 2] < 150


def test_no_exception_outlives_its_cause() -> None:
    gone = [name for name in EXCEPTIONS if not (HOUSE / name.split("::")[0]).exists()]
    assert gone == []
