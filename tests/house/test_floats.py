"""Amounts are decimals: no float is written, or made, where money is."""

import ast

from tests.house.floors import FLOORS, HOUSE, sources

# Rooms where amounts are reckoned. A float in them is named here with why it is none of money.
MONEY = ("catalog", "billing", "foundation/money.py", "deals/models", "deals/bulk.py")
ALLOWED: dict[str, str] = {}
# Shares, probabilities and places in a column of the board.
NO_AMOUNTS = {"deals.StageCalibration", "deals.StageRise", "deals.Deal"}


def test_no_float_stands_where_amounts_are_reckoned() -> None:
    found = []
    for room in FLOORS:
        for path in sources(room):
            name = str(path.relative_to(HOUSE))
            if not name.startswith(MONEY) or "/tests/" in name or name in ALLOWED:
                continue
            found += [f"{name}:{node.lineno} {what}" for node, what in floats_of(path.read_text())]
    assert found == []


def test_no_column_of_an_amount_is_a_float() -> None:
    from django.apps import apps
    from django.db import models

    found = []
    for room in FLOORS:
        for model in apps.get_app_config(room).get_models():
            if room in {"catalog", "billing", "deals"} and model._meta.label not in NO_AMOUNTS:
                found += [
                    f"{model._meta.label}.{field.name}"
                    for field in model._meta.get_fields()
                    if isinstance(field, models.FloatField)
                ]
    assert found == []


def test_the_check_sees_floats() -> None:
    """A check that cannot fail is none."""
    assert [what for _node, what in floats_of("a = 1.5\nb = float(x)\nc = 1e3\nd = math.floor(x)")] == [
        "a literal", "float()", "a literal",
    ]  # fmt: skip


def floats_of(text: str) -> list[tuple[ast.expr, str]]:
    """Literals and calls, but for numbers that are seconds of `sleep`, `timeout` and such keyword arguments."""
    tree = ast.parse(text)
    seconds = {
        id(each.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for each in node.keywords
        if each.arg and ("timeout" in each.arg or "seconds" in each.arg)
    }
    found: list[tuple[ast.expr, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and id(node) not in seconds:
            found.append((node, "a literal"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            found.append((node, "float()"))
    return found
