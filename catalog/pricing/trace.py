"""The steps by which a price came about, as they are kept on the line."""

from decimal import Decimal
from typing import Any

FOUR = Decimal("0.0001")


class Trace:
    """Steps of one price. Amounts are written with at most four decimals; the reckoning itself is exact."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []

    def add(
        self,
        step: str,
        before: Decimal | None,
        after: Decimal,
        *,
        name: str = "",
        note: str = "",
        **more: Any,
    ) -> None:
        said = {"step": step, "name": name, "before": _text(before), "after": _text(after)}
        if note:
            said["note"] = note
        self.steps.append(said | more)

    def copied(self) -> "Trace":
        other = Trace()
        other.steps = list(self.steps)
        return other

    def extend(self, other: "Trace") -> None:
        self.steps += other.steps


def _text(amount: Decimal | None) -> str | None:
    """Without a tail of zeros, but with the two decimals people expect."""
    if amount is None:
        return None
    plain = amount.quantize(FOUR).normalize()
    decimals = max(2, -int(plain.as_tuple().exponent))
    return f"{plain.quantize(Decimal(1).scaleb(-decimals)):f}"
