"""Which invoices a page is about. The list and every link behind a number share these names.

q                         words of the number or the client's name, or ID123
state                     draft, waiting, approved, issued, part_paid, paid, credited, written_off, discarded
kind                      invoice, credit_note
account, own, deal        keys of clients, of own companies, of deals; each may be said several times
owner                     keys of people, or `none`; may be said several times
department                a department with everything under it, by the owner's department now
currency                  a code; may be said several times
dated_from, dated_to      days, both counted; likewise due_from, due_to: when the earliest unsettled instalment is due
total_from, total_to      in the invoice's own currency
mine, team                my own; my colleagues'
unpaid                    issued, and something of them is due
overdue                   an instalment was due before today
to_approve, drafts        waiting for approval; not issued yet
where                     conditions, see lists/where/grammar.py

Discarded drafts are left out unless the state is asked for.
"""

from typing import Any

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from billing.models.invoice import InvoiceKind, InvoiceState
from deals.filters import (
    AMOUNT,
    IDENTITY,
    LONGEST_QUERY,
    FlagFilter,
    KeysField,
    KeysFilter,
    OwnersFilter,
    people_of,
    period,
)
from foundation.clock import company_day
from foundation.search import matching
from lists.where.filters import WhereFilters

# Where one of these is asked, discarded drafts may be what is looked for.
MEANS_ALL = {"state", "where", "q"}


class WordsField(KeysField):
    """Words of a fixed set."""

    def __init__(self, *, of: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = frozenset(of)

    def _one(self, said: str) -> str:
        if said not in self.words:
            raise forms.ValidationError(self.error_messages["invalid"])
        return said


class WordsFilter(KeysFilter):
    field_class = WordsField


class CurrenciesField(KeysField):
    def _one(self, said: str) -> str:
        if not (len(said) == 3 and said.isascii() and said.isalpha()):
            raise forms.ValidationError(self.error_messages["invalid"])
        return said.upper()


class CurrenciesFilter(KeysFilter):
    field_class = CurrenciesField


class InvoiceFilter(WhereFilters):
    list_key = "invoices"
    are_words_apart = False  # where the asker matches `words` in a way of their own

    q = filters.CharFilter(method="with_words", label=_("Search"))
    state = WordsFilter(field_name="state", label=_("State"), of=InvoiceState.values)
    kind = WordsFilter(field_name="kind", label=_("Kind"), of=InvoiceKind.values)
    account = KeysFilter(field_name="account_id", label=_("Client"))
    own = KeysFilter(field_name="legal_entity_id", label=_("Own company"))
    deal = KeysFilter(field_name="deal_id", label=_("Deal"))
    owner = OwnersFilter(label=_("Owner"))
    department = KeysFilter(method="of_department", label=_("Department"))
    currency = CurrenciesFilter(field_name="currency", label=_("Currency"))
    dated_from, dated_to = period("dated_on", _("Dated"))
    due_from, due_to = period("due_on", _("Due on"))
    total_from = filters.NumberFilter(field_name="total", lookup_expr="gte", label=_("Total from"), **AMOUNT)
    total_to = filters.NumberFilter(field_name="total", lookup_expr="lte", label=_("Total to"), **AMOUNT)
    mine = FlagFilter(method="my_own", label=_("Mine"))
    team = FlagFilter(method="of_my_team", label=_("My team"))
    unpaid = FlagFilter(method="still_due", label=_("Unpaid"))
    overdue = FlagFilter(method="past_due", label=_("Overdue"))
    to_approve = FlagFilter(method="waiting_for_approval", label=_("To approve"))
    drafts = FlagFilter(method="not_issued", label=_("Drafts"))

    class Meta:
        model = Invoice
        fields: list[str] = []

    @property
    def said(self) -> dict[str, Any]:
        """What was asked, by name; empty answers and unreadable ones left out."""
        if not hasattr(self, "_said"):
            self.form.is_valid()
            cleaned = self.form.cleaned_data
            self._said = {
                name: value for name, value in cleaned.items() if value not in (None, "", [], False)
            }
        return self._said

    @property
    def troubles(self) -> list[str]:
        """Sentences about what could not be read."""
        return [
            f"{self.form.fields[name].label}: {' '.join(errors)}" for name, errors in self.form.errors.items()
        ] + self.where_notes

    @property
    def words(self) -> str:
        """What was typed to search for; empty for ID123, which is one invoice and no words."""
        query = self.said.get("q", "").replace("\x00", "")[:LONGEST_QUERY]
        return "" if IDENTITY.fullmatch(query) else query

    def filter_queryset(self, queryset: Any) -> Any:
        if not MEANS_ALL & set(self.said):
            queryset = queryset.exclude(state=InvoiceState.DISCARDED)
        return super().filter_queryset(queryset)

    def with_words(self, invoices: Any, name: str, query: str) -> Any:
        if one := IDENTITY.fullmatch(query):
            return invoices.filter(pk=int(one[1]))
        return invoices if self.are_words_apart else matching(invoices, self.words)

    def of_department(self, invoices: Any, name: str, keys: list[int]) -> Any:
        return invoices.filter(owner_id__in=people_of(keys)) if keys else invoices

    def my_own(self, invoices: Any, name: str, wanted: bool) -> Any:
        return invoices.filter(owner_id=self.request.user.pk) if wanted else invoices

    def of_my_team(self, invoices: Any, name: str, wanted: bool) -> Any:
        people = sorted(self.request.user.policy.colleagues)
        return invoices.filter(owner_id__in=people) if wanted else invoices

    def still_due(self, invoices: Any, name: str, wanted: bool) -> Any:
        return invoices.unsettled() if wanted else invoices

    def past_due(self, invoices: Any, name: str, wanted: bool) -> Any:
        return invoices.overdue(on=company_day(timezone.now())) if wanted else invoices

    def waiting_for_approval(self, invoices: Any, name: str, wanted: bool) -> Any:
        return invoices.filter(state=InvoiceState.WAITING) if wanted else invoices

    def not_issued(self, invoices: Any, name: str, wanted: bool) -> Any:
        return invoices.drafts() if wanted else invoices
