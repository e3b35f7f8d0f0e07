"""The custom fields of clients, contacts and deals, as every page and verb knows them: read once, then kept."""

from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Any

from django.conf import settings

from accounts.custom import formula
from foundation.money import minor_units

KEPT_SECONDS = 60
# Numbers a record has of its own, which formulas may name besides its custom fields.
OWN_NUMBERS = {"client": ("employees", "annual_revenue"), "contact": (), "deal": ("amount", "base_amount")}


@dataclass(frozen=True)
class Option:
    key: str
    label: str
    is_retired: bool


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A custom field. `kind` is a `FieldKind`; `tree` is what a formula is computed by."""

    pk: int
    record: str
    key: str
    label: str
    kind: str
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int = 0
    is_required: bool = False
    is_retired: bool = False
    help_text: str = ""
    options: tuple[Option, ...] = ()
    tree: formula.Tree | None = None

    @property
    def words(self) -> str:
        """The label with its unit: “Area, m²”."""
        unit = settings.BASE_CURRENCY if self.kind == "money" else self.unit
        return f"{self.label}, {unit}" if unit else self.label

    def option_label(self, key: str) -> str:
        return next((option.label for option in self.options if option.key == key), key)


class Kept:
    """Definitions already read, for a minute in each process: they change a few times a year and every page asks.

    A process that changes one forgets at once; the others within the minute.
    """

    def __init__(self) -> None:
        self._of: dict[str, tuple[Definition, ...]] = {}
        self._read_at = float("-inf")

    def forget(self) -> None:
        self._read_at = float("-inf")

    def know_none(self) -> None:
        """The database is known to hold none, as a test's does when it begins."""
        self._of, self._read_at = {}, monotonic()

    def of(self, record: str) -> tuple[Definition, ...]:
        """Those of a kind of record in their order, retired ones too. One statement a minute, for all kinds."""
        if monotonic() - self._read_at > KEPT_SECONDS:
            self._of, self._read_at = _read(), monotonic()
        return self._of.get(record, ())


kept = Kept()


def definitions(record: str) -> tuple[Definition, ...]:
    return kept.of(record)


def definition(record: str, key: str) -> Definition | None:
    return next((each for each in kept.of(record) if each.key == key), None)


def field_words(model: Any, record: str, names: list[str]) -> str:
    """Changed columns by the words people know them by; `custom.<key>` is a custom field."""
    return ", ".join(_field_word(model, record, name) for name in names)


def _field_word(model: Any, record: str, name: str) -> str:
    prefix, _dot, key = name.partition(".")
    if prefix == "custom" and key:
        found = definition(record, key)
        return found.label if found else key
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _read() -> dict[str, tuple[Definition, ...]]:
    from accounts.models import CustomField  # the models ask for definitions

    found: dict[str, list[Definition]] = {}
    for each in CustomField.objects.with_options():
        found.setdefault(each.record, []).append(_defined(each))
    return {record: tuple(fields) for record, fields in found.items()}


def _defined(field: Any) -> Definition:
    return Definition(
        pk=field.pk,
        record=field.record,
        key=field.key,
        label=field.label,
        kind=field.kind,
        unit=field.unit,
        least=field.least,
        most=field.most,
        decimals=minor_units(settings.BASE_CURRENCY) if field.kind == "money" else field.decimals,
        is_required=field.is_required,
        is_retired=field.is_retired,
        help_text=field.help_text,
        options=tuple(Option(**option) for option in field.offered),
        tree=formula.parsed(field.formula) if field.formula else None,
    )
