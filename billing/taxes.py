"""Which tax a line bears: the one said, else its product's, else the usual one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SaidTax:
    """A tax that is said outright, of no rate that we keep."""

    name: str
    percent: Decimal
    exempt_reason: str = ""


class Taxes:
    def __init__(self, asked: Sequence[Any], products: dict[int, Any]) -> None:
        """Until the catalogue knows tax rates there are none."""

    def of(self, line: Any, product: Any) -> Any:
        if line.tax_percent is None:
            return None
        return SaidTax(name=line.tax_name, percent=line.tax_percent, exempt_reason=line.exempt_reason)
