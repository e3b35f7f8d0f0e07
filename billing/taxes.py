"""Which tax a line bears: the one said, else its product's, else the usual one."""

from collections.abc import Sequence
from typing import Any


class Taxes:
    def __init__(self, asked: Sequence[Any], products: dict[int, Any]) -> None:
        """Until the catalogue knows tax rates there are none."""

    def of(self, line: Any, product: Any) -> Any:
        return None
