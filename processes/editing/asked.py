"""How a field is asked about when nobody has said how, what its value is typed into, and how it is shown there."""

from typing import Any

from processes.conditions.tree import OPS, RELATIVE

CHOSEN = frozenset({"choice", "choices", "person"})
NUMBERS = frozenset({"number", "money"})


def usual_op(kind: str, ops: list[str]) -> str:
    if kind in NUMBERS and "gt" in ops:
        return "gt"
    return "in" if kind == "choices" and "in" in ops else ops[0]


def widget_of(asked: Any, op: str) -> str:
    if OPS[op].takes == 0:
        return "none"
    if op in RELATIVE:
        return "days"
    if asked.kind in CHOSEN and asked.options is not None:
        return "several" if OPS[op].takes is None else "choice"
    if asked.kind in ("date", "moment"):
        return "date"
    return "number" if asked.kind in NUMBERS else "text"


def shown_of(asked: Any, value: Any) -> str:
    return str(value).removesuffix(".00") if asked.kind == "money" else str(value)
