"""One movement of money on an account of ours."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

IN, OUT = "in", "out"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One movement of money, seen from our account.

    `direction` is "in" or "out", `amount` positive and in the statement's currency, `on` the day the bank booked it.
    `name`, `tax_number`, `bank_account` and `bank_code` are the other side's. `key` is the same whenever the
    same document is read, in whichever file.
    """

    direction: str
    amount: Decimal
    on: date
    number: str = ""
    name: str = ""
    tax_number: str = ""
    bank_account: str = ""
    bank_code: str = ""
    purpose: str = ""
    # References that say what is paid, apart from the purpose: a creditor's reference of camt.053.
    references: tuple[str, ...] = ()
    bank_reference: str = ""
    is_reversal: bool = False
    dated_on: date | None = None  # the document's own day, where it says one
    value_on: date | None = None
    has_wrong_tax_number: bool = False
    key: str = ""
