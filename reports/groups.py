"""The shelves of the catalogue."""

from django.utils.translation import gettext_lazy as _

FUNNEL = _("Funnel")
WON = _("Won deals")
CLOSING = _("Closing")
OPEN = _("Open deals")
MONEY = _("Invoices and payments")
PEOPLE = _("People and their work")
ORDER = [FUNNEL, WON, CLOSING, OPEN, MONEY, PEOPLE]
