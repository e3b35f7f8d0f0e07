from foundation.models.delivery import Delivery
from foundation.models.event import Event, EventSubject

__all__ = [
    "Delivery",
    "Event",
    "EventSubject",
]
