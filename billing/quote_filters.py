"""Which quotes a page is about; links behind numbers share these names.

q                         words of the number or the client; or ID123
state                     draft, sent …; may be said several times
account, deal, owner      keys
currency                  a code
day_from, day_to          days, both counted
"""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from billing.models import Quote, QuoteState
from billing.payment_filters import IDENTITY, LONGEST_QUERY, WordsField
from deals.filters import KeysFilter, period
from foundation.search import matching


class QuoteStatesField(WordsField):
    words = frozenset(QuoteState.values)


class QuoteStatesFilter(KeysFilter):
    field_class = QuoteStatesField


class QuoteFilter(filters.FilterSet):
    q = filters.CharFilter(method="with_words", label=_("Search"))
    state = QuoteStatesFilter(field_name="state", label=_("State"))
    account = KeysFilter(field_name="account_id", label=_("Client"))
    deal = KeysFilter(field_name="deal_id", label=_("Deal"))
    owner = KeysFilter(field_name="owner_id", label=_("Owner"))
    currency = filters.CharFilter(field_name="currency", lookup_expr="exact", label=_("Currency"))
    day_from, day_to = period("dated_on", _("Day"))

    class Meta:
        model = Quote
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

    def with_words(self, quotes: Any, name: str, query: str) -> Any:
        query = query.replace("\x00", "")[:LONGEST_QUERY].strip()
        if one := IDENTITY.fullmatch(query):
            return quotes.filter(pk=int(one[1]))
        return matching(quotes, query)
