"""Which deals a page is about. The list, the board and the links behind every number of a report share these names.

q                         words of the title or the client's name, or ID123
pipeline, stage, source   keys, each may be said several times
state                     open, won, lost; may be said several times
owner                     keys of people, or `none`; may be said several times
department                a department with everything under it, by the owner's department now
account                   a client
reason                    why lost
amount_from, amount_to    in the company's currency
opened_from, opened_to    days, both counted; likewise closed_*, expected_*
mine, team                my own; my colleagues'
with_me                   somebody else's (or nobody's) that I work on
no_step, overdue          open deals without a next step; with one that is late
quiet                     open deals that stand still, their clients untouched and nothing planned: queries/quiet.py
first_contact             the same, in the first stage of their pipeline
untouched                 open deals of before today whose client nobody touched, with nothing planned
passed                    a stage, passed for the first time on the days passed_from … passed_to,
                          while owned by passed_owner (several) or anybody of passed_department
reached                   a stage the deals have passed, whenever that was
where                     conditions, see lists/where/grammar.py
custom.<key>              a custom field, see accounts/custom/filters.py
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.custom.filters import CustomFilters
from deals.models import Deal, StagePassage
from deals.models.deal import State
from foundation.clock import company_day
from foundation.search import matching
from lists.where.filters import WhereFilters
from users.models import Department, User

LARGEST_KEY = 2**63 - 1
NOBODY = "none"
MOST_KEYS = 500
AMOUNT = {"min_value": 0, "max_digits": 18, "decimal_places": 2}


class ListWidget(forms.SelectMultiple):
    """Keys said once, several times, or separated by commas."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        said = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        said = said if isinstance(said, list | tuple) else [said]
        return [part.strip() for value in said for part in str(value).split(",") if part.strip()]


class KeysField(forms.Field):
    """Keys of records, checked without asking the database; what is not a key is refused."""

    widget = ListWidget
    words: frozenset[str] = frozenset()
    default_error_messages = {"invalid": _("This is not something to choose here.")}

    def to_python(self, value: Any) -> list[Any]:
        if not value:
            return []
        if len(value) > MOST_KEYS:
            raise forms.ValidationError(self.error_messages["invalid"])
        return [self._one(each) for each in value]

    def _one(self, said: str) -> Any:
        if said in self.words:
            return said
        if said.isascii() and said.isdigit() and len(said) < 20 and int(said) <= LARGEST_KEY:
            return int(said)
        raise forms.ValidationError(self.error_messages["invalid"])


class OwnersField(KeysField):
    words = frozenset({NOBODY})


class StatesField(KeysField):
    words = frozenset(State.values)

    def _one(self, said: str) -> str:
        if said not in self.words:
            raise forms.ValidationError(self.error_messages["invalid"])
        return said


class KeysFilter(filters.Filter):
    field_class = KeysField

    def filter(self, queryset: QuerySet[Any], value: list[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field_name}__in": value}) if value else queryset


class OwnersFilter(KeysFilter):
    field_class = OwnersField

    def filter(self, queryset: QuerySet[Any], value: list[Any]) -> QuerySet[Any]:
        people = [each for each in value if each != NOBODY]
        if NOBODY in value:
            return queryset.filter(Q(owner__isnull=True) | Q(owner_id__in=people))
        return queryset.filter(owner_id__in=people) if people else queryset


class StatesFilter(KeysFilter):
    field_class = StatesField


class FlagFilter(filters.Filter):
    """`mine=1`; absent is no."""

    field_class = forms.BooleanField


def period(name: str, label: Any) -> tuple[filters.DateFilter, filters.DateFilter]:
    """Both ends of a period of days, both counted."""
    widget = forms.DateInput(attrs={"type": "date"})
    return (
        filters.DateFilter(field_name=name, lookup_expr="gte", label=label, widget=widget),
        filters.DateFilter(field_name=name, lookup_expr="lte", label=label, widget=widget),
    )


LONGEST_QUERY = 100
IDENTITY = re.compile(r"\s*ID\s*(\d{1,18})\s*", re.ASCII | re.IGNORECASE)


class DealFilter(CustomFilters, WhereFilters):
    list_key = "deals"
    are_words_apart = False  # where the asker matches `words` in a way of their own

    q = filters.CharFilter(method="with_words", label=_("Search"))
    pipeline = KeysFilter(field_name="pipeline_id", label=_("Pipeline"))
    stage = KeysFilter(field_name="stage_id", label=_("Stage"))
    state = StatesFilter(field_name="state", label=_("State"))
    owner = OwnersFilter(label=_("Owner"))
    department = KeysFilter(method="of_department", label=_("Department"))
    source = KeysFilter(field_name="source_id", label=_("Source"))
    account = KeysFilter(field_name="account_id", label=_("Client"))
    reason = KeysFilter(field_name="loss_reason_id", label=_("Loss reason"))
    amount_from = filters.NumberFilter(
        field_name="base_amount", lookup_expr="gte", label=_("Amount from"), **AMOUNT
    )
    amount_to = filters.NumberFilter(
        field_name="base_amount", lookup_expr="lte", label=_("Amount to"), **AMOUNT
    )
    opened_from = filters.DateFilter(method="opened_since", label=_("Opened from"))
    opened_to = filters.DateFilter(method="opened_until", label=_("Opened to"))
    closed_from, closed_to = period("closed_on", _("Closed"))
    expected_from, expected_to = period("expected_close_on", _("Expected close"))
    mine = FlagFilter(method="my_own", label=_("Mine"))
    team = FlagFilter(method="of_my_team", label=_("My team"))
    with_me = FlagFilter(method="shared_with_me", label=_("With me"))
    no_step = FlagFilter(method="without_next_step", label=_("No next step"))
    overdue = FlagFilter(method="with_late_step", label=_("Overdue"))
    quiet = FlagFilter(method="gone_quiet", label=_("Stuck"))
    first_contact = FlagFilter(method="stuck_at_first_contact", label=_("Stuck at first contact"))
    untouched = FlagFilter(method="never_touched", label=_("Untouched"))
    passed = KeysFilter(method="having_passed", label=_("Passed stage"))
    passed_from = filters.DateFilter(method="said_with_passed", label=_("Passed from"))
    passed_to = filters.DateFilter(method="said_with_passed", label=_("Passed to"))
    passed_owner = OwnersFilter(method="said_with_passed", label=_("Owner then"))
    passed_department = KeysFilter(method="said_with_passed", label=_("Department then"))
    reached = KeysFilter(method="having_reached", label=_("Reached stage"))

    class Meta:
        model = Deal
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
        """What was typed to search for; empty for ID123, which is one deal and no words."""
        query = self.said.get("q", "").replace("\x00", "")[:LONGEST_QUERY]
        return "" if IDENTITY.fullmatch(query) else query

    def with_words(self, deals: Any, name: str, query: str) -> Any:
        if one := IDENTITY.fullmatch(query):
            return deals.filter(pk=int(one[1]))
        return deals if self.are_words_apart else matching(deals, self.words)

    def of_department(self, deals: Any, name: str, keys: list[int]) -> Any:
        return deals.filter(owner_id__in=people_of(keys)) if keys else deals

    def opened_since(self, deals: Any, name: str, day: date) -> Any:
        return deals.filter(opened_at__gte=begins(day))

    def opened_until(self, deals: Any, name: str, day: date) -> Any:
        return deals if day == date.max else deals.filter(opened_at__lt=begins(day + timedelta(days=1)))

    def my_own(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.filter(owner_id=self.request.user.pk) if wanted else deals

    def of_my_team(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.owned_by_any(sorted(self.request.user.policy.colleagues)) if wanted else deals

    def shared_with_me(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.shared_with(self.request.user.pk) if wanted else deals

    def without_next_step(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.without_next_step() if wanted else deals

    def with_late_step(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.overdue(on=timezone.localdate()) if wanted else deals

    def gone_quiet(self, deals: Any, name: str, wanted: bool) -> Any:
        from deals.queries.quiet import is_quiet

        return deals.filter(is_quiet(timezone.now())) if wanted else deals

    def stuck_at_first_contact(self, deals: Any, name: str, wanted: bool) -> Any:
        from deals.queries.quiet import is_quiet

        return deals.filter(is_quiet(timezone.now(), is_first=True)) if wanted else deals

    def never_touched(self, deals: Any, name: str, wanted: bool) -> Any:
        return deals.untouched(before=begins(company_day(timezone.now()))) if wanted else deals

    def having_passed(self, deals: Any, name: str, stages: list[int]) -> Any:
        if not stages:
            return deals
        passages = StagePassage.objects.filter(stage_id__in=stages)
        if self.said.get("passed_from"):
            passages = passages.filter(on__gte=self.said["passed_from"])
        if self.said.get("passed_to"):
            passages = passages.filter(on__lte=self.said["passed_to"])
        if self.said.get("passed_owner"):
            passages = OwnersFilter().filter(passages, self.said["passed_owner"])
        if self.said.get("passed_department"):
            passages = passages.filter(owner_id__in=people_of(self.said["passed_department"]))
        return deals.filter(pk__in=passages.values("deal_id"))

    def said_with_passed(self, deals: Any, name: str, value: Any) -> Any:
        return deals

    def having_reached(self, deals: Any, name: str, stages: list[int]) -> Any:
        passages = StagePassage.objects.filter(stage_id__in=stages)
        return deals.filter(pk__in=passages.values("deal_id")) if stages else deals


def people_of(departments: list[int]) -> Any:
    """Keys of the people of these departments and of those under them, as a subquery."""
    anywhere = Q(pk__in=[])
    for key in departments[:20]:
        path = Department.objects.filter(pk=key).order_by().values("path")[:1]
        anywhere |= Q(department__path__startswith=Subquery(path))
    return User.objects.filter(anywhere).order_by().values("pk")


def begins(day: date) -> datetime:
    """The first moment of the company's day."""
    return datetime.combine(day, time(0), ZoneInfo(settings.COMPANY_TIME_ZONE))
