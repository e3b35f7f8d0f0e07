"""How a bank's table is laid out: which column is what, and how days and amounts are written there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.bank.reading.amounts import amount_of, day_of

FIELDS = {
    "on": _("day"),
    "amount": _("amount, negative where it was paid out"),
    "came": _("received"),
    "went": _("paid out"),
    "direction": _("direction"),
    "number": _("number of the document"),
    "name": _("other side's name"),
    "tax_number": _("other side's tax number"),
    "bank_account": _("other side's account"),
    "bank_code": _("other side's bank"),
    "purpose": _("purpose"),
    "currency": _("currency"),
    "account": _("our account"),
    "balance": _("balance after it"),
}
# Words in headings, the more telling first. What several fields could claim goes to the field named first here.
WORDS = {
    "balance": ("saldo", "balance", "остаток", "kontostand"),
    "tax_number": ("инн", "inn", "taxnumber", "taxid", "vat", "npwp", "nif"),
    "bank_code": ("бик", "bic", "swift"),
    "account": ("нашсчет", "ouraccount", "ownaccount", "auftragskonto", "номерсчета"),
    "bank_account": ("counterpartyaccount", "счетконтрагента", "счетплательщика", "корреспондент", "iban",
                     "payeraccount", "kontonummer", "cuenta", "rekening", "расчетныйсчет", "счет", "account"),
    "came": ("credit", "кредит", "приход", "поступ", "зачисл", "haber", "abono", "kredit", "moneyin", "paidin",
             "ingreso"),
    "went": ("debit", "дебет", "расход", "списан", "debe", "cargo", "moneyout", "paidout", "gasto"),
    "direction": ("direction", "направление", "типоперации", "creditdebit", "drcr", "sollhaben"),
    "amount": ("amount", "сумма", "betrag", "importe", "jumlah", "nominal"),
    "currency": ("currency", "валюта", "waehrung", "währung", "moneda", "divisa", "matauang"),
    "on": ("bookingdate", "датапроводки", "датаоперации", "buchungstag", "fechaoperacion", "date", "дата", "fecha",
           "tanggal"),
    "purpose": ("purpose", "назначение", "description", "details", "verwendungszweck", "concepto", "keterangan",
                "описание", "reference", "memo"),
    "number": ("documentnumber", "номердокумента", "номер", "number", "№", "nodoc"),
    "name": ("counterparty", "контрагент", "плательщик", "payer", "name", "наименование", "beguenstigter",
             "begünstigter", "beneficiario", "nama", "получатель"),
}  # fmt: skip
MOST_COLUMNS = 200


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Columns by field (counted from 0), the order of a day (“dmy”, “mdy”, “ymd”) and the decimal mark."""

    columns: dict[str, int] = field(default_factory=dict)
    day_order: str = "dmy"
    mark: str = "."

    @property
    def is_enough(self) -> bool:
        money = "amount" in self.columns or {"came", "went"} <= self.columns.keys()
        return "on" in self.columns and money

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def layout_from(said: dict[str, Any]) -> Layout:
    """A layout that was kept, without what this version does not know."""
    columns = {
        name: place
        for name, place in dict(said.get("columns", {})).items()
        if name in FIELDS and isinstance(place, int) and 0 <= place < MOST_COLUMNS
    }
    order = said.get("day_order") if said.get("day_order") in ("dmy", "mdy", "ymd") else "dmy"
    return Layout(columns=columns, day_order=str(order), mark="," if said.get("mark") == "," else ".")


def guessed(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Layout | None:
    """The layout these headings and the first rows speak for; None where days or amounts have two readings."""
    columns = _columns(headings)
    days = [row[columns["on"]] for row in rows if "on" in columns and len(row) > columns["on"]]
    order = _order([each for each in days if re.search(r"\d", each)])
    money = [
        row[columns[name]]
        for row in rows
        for name in ("amount", "came", "went", "balance")
        if name in columns and len(row) > columns[name] and row[columns[name]].strip()
    ]
    mark = _mark(money)
    found = Layout(columns=columns, day_order=order or "dmy", mark=mark or ".")
    return found if order and mark and found.is_enough else None


def partly_guessed(headings: Sequence[str]) -> Layout:
    """Only the columns, for a person to finish."""
    return Layout(columns=_columns(headings))


def _columns(headings: Sequence[str]) -> dict[str, int]:
    plain = [
        re.sub(r"[\W_]", "", each.lower().replace("ё", "е")) if each != "№" else each for each in headings
    ]
    found: dict[str, int] = {}
    for name, words in WORDS.items():
        for word in words:
            place = next(
                (at for at, said in enumerate(plain) if word in said and at not in found.values()), None
            )
            if place is not None:
                found[name] = place
                break
    return found


def _order(days: Iterable[str]) -> str:
    """The one order in which every day can be read; nothing where two can and differ."""
    days = list(days)
    possible = [
        order for order in ("ymd", "dmy", "mdy") if days and all(day_of(each, order) for each in days)
    ]
    if len(possible) == 2 and possible == ["dmy", "mdy"] and any("." in each[:6] for each in days):
        return "dmy"  # nobody who puts the month first writes dots
    return possible[0] if len(possible) == 1 else ""


def _mark(amounts: Iterable[str]) -> str:
    amounts = list(amounts)
    possible = [mark for mark in (".", ",") if all(amount_of(each, mark) is not None for each in amounts)]
    if len(possible) == 2:
        plain = all(re.fullmatch(r"[-+\s\d]*", each) for each in amounts)
        return "." if plain else ""
    return possible[0] if possible else ""
