from foundation.models.delivery import Delivery
from foundation.models.event import Event, EventSubject
from foundation.models.exchange_rate import ExchangeRate
from foundation.models.form_nonce import FormNonce
from foundation.models.working_calendar import CalendarException, WorkingCalendar, WorkingHours

__all__ = [
    "CalendarException",
    "Delivery",
    "Event",
    "EventSubject",
    "ExchangeRate",
    "FormNonce",
    "WorkingCalendar",
    "WorkingHours",
]
