"""How a list of clients is narrowed. The page, the API and segments share it."""

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db.models import Exists
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clients.finding import meant
from accounts.custom.filters import CustomFilters
from accounts.models import Account, AccountRole
from accounts.relations import holdings
from lists.where.filters import WhereFilters

LONGEST_QUERY = 100
LARGEST_KEY = 2**63 - 1
ME, TEAM, NOBODY = "me", "team", "none"
PERIODS = {
    "today": _("Today"),
    "week": _("This week"),
    "month": _("This month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
}


COMPLETE = {
    "low": (_("less than half"), (0, 49)),
    "middle": (_("50 to 79 %"), (50, 79)),
    "good": (_("80 to 99 %"), (80, 99)),
    "whole": (_("wholly"), (100, 100)),
}


class KeyFilter(django_filters.NumberFilter):
    """The key of a record in a short list; one that is not there matches nothing and tells nothing."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_KEY, **kwargs)

    def get_max_validator(self) -> None:
        return None


class AccountFilter(CustomFilters, WhereFilters):
    """`owner` is a colleague's key, or `me`, `team` (the person's department and those below) or `none`."""

    list_key = "clients"

    q = django_filters.CharFilter(method="by_text", label=_("Search"), max_length=LONGEST_QUERY)
    role = django_filters.ChoiceFilter(method="by_role", label=_("Role"), choices=AccountRole.choices)
    owner = django_filters.CharFilter(
        method="by_owner",
        label=_("Owner"),
        validators=[RegexValidator(r"^(me|team|none|\d{1,18})$", _("There is no such colleague."))],
    )
    industry = KeyFilter(label=_("Industry"))
    source = KeyFilter(label=_("Source"))
    tag = KeyFilter(field_name="tags", label=_("Tag"))
    holding = KeyFilter(method="by_holding", label=_("In the holding of"))
    complete = django_filters.ChoiceFilter(
        method="by_completeness",
        label=_("Complete"),
        choices=[(key, words) for key, (words, _range) in COMPLETE.items()],
    )
    created = django_filters.ChoiceFilter(method="by_period", label=_("Added"), choices=list(PERIODS.items()))

    class Meta:
        model = Account
        fields: list[str] = []

    def by_text(self, accounts: Any, _name: str, query: str) -> Any:
        return meant(accounts, query)

    def by_role(self, accounts: Any, _name: str, role: str) -> Any:
        return accounts.in_role(role)

    def by_owner(self, accounts: Any, _name: str, owner: str) -> Any:
        match owner:
            case "me":
                return accounts.filter(owner=self.request.user.pk)
            case "team":
                return accounts.filter(owner__in=sorted(self.request.user.policy.colleagues))
            case "none":
                return accounts.unassigned()
        return accounts.filter(owner=int(owner))

    def by_holding(self, accounts: Any, _name: str, key: Any) -> Any:
        """Every client of the tree that this client stands in; of one the person does not see, nothing is told."""
        asked = Account.objects.visible_to(self.request.user).filter(pk=key).order_by()
        members = RawSQL(*holdings.members_sql(int(key)))  # noqa: S611 - a constant with placeholders
        return accounts.filter(Exists(asked), pk__in=members)

    def by_completeness(self, accounts: Any, _name: str, key: str) -> Any:
        return accounts.filter(completeness__range=COMPLETE[key][1])

    def by_period(self, accounts: Any, _name: str, period: str) -> Any:
        return accounts.created_since(began(period, timezone.localtime()))


def began(period: str, now: datetime) -> datetime:
    """When the day, week, month, quarter or year that `now` is in began, where the person is. Weeks begin on Monday."""
    day = now.date()
    match period:
        case "week":
            day -= timedelta(days=day.weekday())
        case "month":
            day = day.replace(day=1)
        case "quarter":
            day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            day = day.replace(month=1, day=1)
    return timezone.make_aware(datetime.combine(day, time.min))
