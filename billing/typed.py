"""Numbers as people type them into forms of money: quantities, prices, percents."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.queries.amounts import typed
from foundation.money import parsed_amount

LONGEST = 60
TYPED = {"inputmode": "decimal", "maxlength": LONGEST, "autocomplete": "off"}


def parsed_number(text: str) -> Decimal:
    """Three decimals are no thousands where the person's language separates decimals so: “1.125” in English, “1,125” in
    Russian. Everything else is read as an amount of money is. ValueError with a sentence."""
    mark = re.escape(get_format("DECIMAL_SEPARATOR"))
    plain = text.strip().removesuffix("%").strip()
    if re.fullmatch(rf"\d{{1,12}}{mark}\d{{1,6}}", plain):
        whole, decimals = re.split(mark, plain)
        return Decimal(f"{whole}.{decimals}")
    return parsed_amount(plain, get_language() or "en")


class NumberField(forms.CharField):
    """A Decimal with at most so many decimals, or None where nothing was typed."""

    def __init__(
        self,
        *,
        decimals: int = 4,
        least: Decimal | None = Decimal(0),
        most: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=TYPED))
        super().__init__(**kwargs)
        self.decimals, self.least, self.most = decimals, least, most

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = parsed_number(text)
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        if number != round(number, self.decimals):
            raise forms.ValidationError(_("At most %(n)d decimals.") % {"n": self.decimals})
        if self.least is not None and number < self.least:
            raise forms.ValidationError(_("Nothing below %(least)s.") % {"least": self.least})
        if self.most is not None and number > self.most:
            raise forms.ValidationError(_("Nothing above %(most)s.") % {"most": self.most})
        return number

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, Decimal) else value
