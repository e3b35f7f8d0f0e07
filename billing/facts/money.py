"""Amounts in the sentences of facts."""

from decimal import Decimal

from django.utils.translation import get_language

from foundation.money import money_text


def money_said(amount: Decimal | str, currency: str) -> str:
    """Amounts come back from events as text."""
    return money_text(Decimal(amount), currency, get_language() or "en")
