"""One currency in another, through the company's: the latest rates known on a day."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.models import ExchangeRate

TWELVE = Decimal(1).scaleb(-12)


def cross_rate(source: str, target: str, on: date) -> Decimal:
    """What one unit of `source` costs in `target`, with twelve decimals. Refused where a rate is not known."""
    if source == target:
        return Decimal(1)
    return (_rate(source, on) / _rate(target, on)).quantize(TWELVE)


def _rate(currency: str, on: date) -> Decimal:
    if currency == settings.BASE_CURRENCY:
        return Decimal(1)
    rate = ExchangeRate.objects.latest_rate(currency, on)
    if rate is None:
        raise Refused(
            _("No exchange rate of %(currency)s is known on %(day)s. Ask an administrator to add one.")
            % {"currency": currency, "day": formats.date_format(on)}
        )
    return rate
