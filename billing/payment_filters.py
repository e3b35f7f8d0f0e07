"""Which payments a page is about; links behind numbers share these names.

q                         words of the client, the payer, the purpose or the bank's number; or ID123
whose, surplus            nobody knows whose they are; something is not allocated
method, direction         bank, card …; in, out; may be said several times
own                       keys of own companies
account                   a client
currency                  a code
day_from, day_to          days, both counted
voided                    only those voided
"""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Payment
from billing.models.payment import Direction, Method
from deals.filters import FlagFilter, KeysField, KeysFilter, period
from foundation.search import matching

LONGEST_QUERY = 100
IDENTITY = re.compile(r"\s*ID\s*(\d{1,18})\s*", re.ASCII | re.IGNORECASE)


class WordsField(KeysField):
    """One of a few words."""

    def _one(self, said: str) -> str:
        if said not in self.words:
            raise forms.ValidationError(self.error_messages["invalid"])
        return said


class MethodsField(WordsField):
    words = frozenset(Method.values)


class DirectionsField(WordsField):
    words = frozenset(Direction.values)


class MethodsFilter(KeysFilter):
    field_class = MethodsField


class DirectionsFilter(KeysFilter):
    field_class = DirectionsField


class PaymentFilter(filters.FilterSet):
    q = filters.CharFilter(method="with_words", label=_("Search"))
    whose = FlagFilter(method="of_nobody", label=_("Whose is it?"))
    surplus = FlagFilter(method="not_allocated", label=_("Not allocated"))
    method = MethodsFilter(field_name="method", label=_("How"))
    direction = DirectionsFilter(field_name="direction", label=_("Direction"))
    own = KeysFilter(field_name="legal_entity_id", label=_("Own company"))
    account = KeysFilter(field_name="account_id", label=_("Client"))
    currency = filters.CharFilter(field_name="currency", lookup_expr="exact", label=_("Currency"))
    day_from, day_to = period("received_on", _("Day"))
    voided = FlagFilter(method="only_voided", label=_("Voided"))

    class Meta:
        model = Payment
        fields: list[str] = []

    @property
    def said(self) -> dict[str, Any]:
        """What was asked, by name; empty answers and unreadable ones left out."""
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        return {name: value for name, value in cleaned.items() if value not in (None, "", [], False)}

    @property
    def troubles(self) -> list[str]:
        return [
            f"{self.form.fields[name].label}: {' '.join(errors)}" for name, errors in self.form.errors.items()
        ]

    def with_words(self, payments: Any, name: str, query: str) -> Any:
        query = query.replace("\x00", "")[:LONGEST_QUERY].strip()
        if one := IDENTITY.fullmatch(query):
            return payments.filter(pk=int(one[1]))
        return matching(payments, query)

    def of_nobody(self, payments: Any, name: str, wanted: bool) -> Any:
        return payments.whose() if wanted else payments

    def not_allocated(self, payments: Any, name: str, wanted: bool) -> Any:
        return payments.with_surplus() if wanted else payments

    def only_voided(self, payments: Any, name: str, wanted: bool) -> Any:
        return payments.filter(voided_at__isnull=False) if wanted else payments
