"""The values of a row as a file has them: whole numbers, plain amounts, ISO days, every tag."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from integrations.importing.outcome import safe
from lists.registry import Cell, Column

Row = Mapping[str, Any]
CURRENCY = "currency"
CUSTOM = "custom."  # numbers among them stand at the end of their column, as css says
STEP = ("next_step", "next_step_on")
KIND, TAKES_BACK = "kind", "credit_note"  # what a credit note says counts against what invoices ask for


@dataclass(frozen=True)
class Output:
    """One heading of the file: what it reads of a row, and the value it makes of it."""

    heading: str
    needs: tuple[str, ...]
    value: Callable[[Row, Any], Any]
    computed: Mapping[str, Any] = field(default_factory=dict)


def outputs_of(column: Column, whole: Mapping[str, Any]) -> list[Output]:
    """A column of a list as columns of a file: an amount and its currency apart, a step and its day too.

    `whole` are expressions that replace those which a list shortens.
    """
    label, needs = str(column.label), column.needs
    computed = {name: whole.get(name, made) for name, made in column.computed.items()}
    if CURRENCY in needs:
        amount, *_rest = needs
        return [
            _amount(label, amount, needs, computed),
            Output(_("%(column)s: currency") % {"column": label}, (CURRENCY,), _plain(CURRENCY)),
        ]
    if len(needs) == 2 and needs[1] == KIND:
        return [_amount(label, needs[0], needs, computed)]
    if set(STEP) <= set(needs):
        step, day = STEP
        return [
            Output(label, (step,), _plain(step), computed),
            Output(_("%(column)s: day") % {"column": label}, (day,), _plain(day)),
        ]
    return [Output(label, needs, _value_of(column), computed)]


def text_of(value: Any, decimal_mark: str) -> str:
    """A cell of the file; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal | float):
        return plain_number(value).replace(".", decimal_mark)
    if isinstance(value, list | tuple):
        return safe("; ".join(str(each) for each in value))
    return safe(str(value))


def plain_number(value: Decimal | float) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(label: str, name: str, needs: tuple[str, ...], computed: Mapping[str, Any]) -> Output:
    if KIND not in needs:
        return Output(label, (name,), _plain(name), computed)

    def value(row: Row, _page: Any) -> Any:
        return -row[name] if row[name] is not None and row[KIND] == TAKES_BACK else row[name]

    return Output(label, (name, KIND), value, computed)


def _plain(name: str) -> Callable[[Row, Any], Any]:
    return lambda row, _page: row[name]


def _value_of(column: Column) -> Callable[[Row, Any], Any]:
    """The value itself where a column shows one number, day or list; else the words of its cell."""
    single = column.needs[0] if len(column.needs) == 1 and column.needs[0] != "custom" else ""
    custom = (
        column.name.removeprefix(CUSTOM) if column.css == "end" and column.name.startswith(CUSTOM) else ""
    )

    def value(row: Row, page: Any) -> Any:
        found = row[single] if single else row["custom"].get(custom) if custom else None
        if isinstance(found, int | float | Decimal | date):
            return found
        cell: Cell = column.cell(row, page)
        return [str(words) for words, _look in cell.tags] if cell.tags else cell.text

    return value


def row_texts(outputs: Sequence[Output], row: Row, page: Any, decimal_mark: str) -> list[str]:
    return [text_of(each.value(row, page), decimal_mark) for each in outputs]
