from foundation.models.delivery import Delivery
from foundation.models.event import Event, EventSubject
from foundation.models.exchange_rate import ExchangeRate

__all__ = [
    "Delivery",
    "Event",
    "EventSubject",
    "ExchangeRate",
]
