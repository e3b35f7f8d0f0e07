from datetime import datetime
from typing import Any, Self

from django.db.models import Q

from users.querysets import VisibleQuerySet


class ActivityQuerySet(VisibleQuerySet):
    """Activities are seen by their people (owner, author, controller, watchers, participants) and their heads."""

    view_right = "activities.view"

    def about(self, *, account: Any = None, contact: Any = None, deal: Any = None) -> Self:
        named = {"account": account, "contact": contact, "deal": deal}
        return self.filter(**{name: record for name, record in named.items() if record is not None})


class TaskQuerySet(ActivityQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def of(self, person: Any) -> Self:
        """What the person has to do: their own open tasks and those handed in to them."""
        return self.open().filter(Q(owner=person) & ~Q(state="review") | Q(controller=person, state="review"))

    def overdue(self, *, at: datetime) -> Self:
        return self.open().filter(due_by__lte=at)

    def awake(self, *, at: datetime) -> Self:
        """Those not put off until later."""
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at))


class ProjectQuerySet(ActivityQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class AuthoredQuerySet(ActivityQuerySet):
    """What was written down: seen by its author, who was mentioned, their heads, and whoever sees what it is about."""

    def visible_to(self, user: Any, verb: str | None = None) -> Self:
        from accounts.models import Account
        from deals.models import Deal

        if not user.is_authenticated:
            return self.none()
        reach = user.reach(verb or self.view_right)
        if reach.everybody:
            return self
        if reach.is_empty:
            return self.none()
        own = Q(team_ids__overlap=sorted(reach.people))
        if verb is not None:
            return self.filter(own)
        clients = Account.objects.visible_to(user).order_by().values("pk")
        deals = Deal.objects.visible_to(user).order_by().values("pk")
        return self.filter(own | Q(account__in=clients) | Q(deal__in=deals))
