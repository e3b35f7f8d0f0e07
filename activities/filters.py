"""Which tasks a list is about. The list, its bulk actions and links from elsewhere share these names.

q                            words of the title, or ID123
owner                        keys of people; may be said several times, likewise kind, priority, account, deal, contact
mine, team                   my own; my colleagues'
overdue, today, week, no_due open ones by when they are due, by the days of whoever looks
handed_in, given             waiting for me to accept them; what I gave to others
accepting                    keys of people: handed in and waiting for them to accept
snoozed                      only those put off
done                         closed ones instead of open ones
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from babel import Locale
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from activities.models import Priority, Task, TaskKind
from deals.filters import IDENTITY, LONGEST_QUERY, FlagFilter, KeysFilter
from foundation.search import matching

FLAGS = ("mine", "team", "overdue", "today", "week", "no_due", "handed_in", "given", "snoozed", "done")
# Days end at most so far from the reader's own: from UTC−12 to UTC+14.
APART = timedelta(hours=27)


class TaskFilter(filters.FilterSet):
    q = filters.CharFilter(method="with_words", label=_("Search"))
    owner = KeysFilter(field_name="owner_id", label=_("Owner"))
    kind = filters.MultipleChoiceFilter(choices=TaskKind.choices, label=_("Kind"))
    priority = filters.MultipleChoiceFilter(choices=Priority.choices, label=_("Priority"))
    account = KeysFilter(field_name="account_id", label=_("Client"))
    deal = KeysFilter(field_name="deal_id", label=_("Deal"))
    contact = KeysFilter(field_name="contact_id", label=_("Contact"))
    accepting = KeysFilter(method="waiting_for", label=_("To be accepted by"))
    mine = FlagFilter(method="my_own", label=_("Mine"))
    team = FlagFilter(method="of_my_team", label=_("My team"))
    overdue = FlagFilter(method="late", label=_("Overdue"))
    today = FlagFilter(method="due_today", label=_("Today"))
    week = FlagFilter(method="due_this_week", label=_("This week"))
    no_due = FlagFilter(method="some_day", label=_("No due day"))
    handed_in = FlagFilter(method="to_accept", label=_("Handed in to me"))
    given = FlagFilter(method="given_by_me", label=_("Given to others"))
    snoozed = FlagFilter(method="put_off", label=_("Put off"))
    done = FlagFilter(method="closed", label=_("Done"))

    class Meta:
        model = Task
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
        ]

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if self.said.get("done") else found.open()

    def with_words(self, tasks: Any, name: str, query: str) -> Any:
        query = query.replace("\x00", "")[:LONGEST_QUERY]
        if one := IDENTITY.fullmatch(query):
            return tasks.filter(pk=int(one[1]))
        return matching(tasks, query)

    def my_own(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(owner_id=self.request.user.pk) if wanted else tasks

    def of_my_team(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(owner_id__in=sorted(self.request.user.policy.colleagues)) if wanted else tasks

    def late(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.overdue(at=timezone.now()) if wanted else tasks

    def due_today(self, tasks: Any, name: str, wanted: bool) -> Any:
        today = timezone.localdate()
        return tasks.filter(due_between(today, today)) if wanted else tasks

    def due_this_week(self, tasks: Any, name: str, wanted: bool) -> Any:
        if not wanted:
            return tasks
        first = first_of_week(timezone.localdate())
        return tasks.filter(due_between(first, first + timedelta(days=6)))

    def some_day(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(due_by__isnull=True) if wanted else tasks

    def to_accept(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(state="review", controller_id=self.request.user.pk) if wanted else tasks

    def given_by_me(self, tasks: Any, name: str, wanted: bool) -> Any:
        mine = Q(author_id=self.request.user.pk) & ~Q(owner_id=F("author_id"))
        return tasks.filter(mine) if wanted else tasks

    def waiting_for(self, tasks: Any, name: str, people: list[int]) -> Any:
        return tasks.filter(controller_id__in=people, state="review") if people else tasks

    def put_off(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(snoozed_until__gt=timezone.now()) if wanted else tasks

    def closed(self, tasks: Any, name: str, wanted: bool) -> Any:
        return tasks.filter(closed_at__isnull=False) if wanted else tasks


def due_between(first: date, last: date) -> Q:
    """Due on one of these days: a day as it is written, a moment by the reader's clock."""
    zone = timezone.get_current_timezone()
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    exactly = Q(due_on__range=(first, last)) | Q(due_at__gte=begins, due_at__lt=ends)
    # Said a second time by the column that has the index.
    return Q(due_by__gte=begins - APART, due_by__lte=ends + APART) & exactly


def first_of_week(day: date) -> date:
    """The first day of its week, as the reader's language has it."""
    begins = Locale.parse(to_locale(get_language() or "en")).first_week_day
    return day - timedelta(days=(day.weekday() - begins) % 7)
