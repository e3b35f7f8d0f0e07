from datetime import date, datetime
from typing import Self

from django.db.models import Q, QuerySet

from users.querysets import VisibleQuerySet


class AccountQuerySet(VisibleQuerySet):
    view_right = "accounts.view"

    def in_role(self, role: str) -> Self:
        return self.filter(roles__contains=[role])

    def unassigned(self) -> Self:
        return self.filter(owner__isnull=True)

    def created_since(self, moment: datetime) -> Self:
        return self.filter(created_at__gte=moment)


class OfAccountQuerySet(QuerySet):  # type: ignore[type-arg]
    """Records that belong to an account are seen by whoever sees the account."""

    def visible_to(self, user: object, verb: str | None = None) -> Self:
        from accounts.models import Account

        visible = Account.objects.visible_to(user, verb)
        if not visible.query.where:
            return self
        return self.filter(Q(account__in=visible.values("pk")))


class DuplicatePairQuerySet(QuerySet):  # type: ignore[type-arg]
    def undecided(self) -> Self:
        return self.filter(state="new")

    def visible_to(self, user: object, verb: str | None = None) -> Self:
        """Pairs of two clients this person sees: of one alone, even that it has a double would say too much."""
        from accounts.models import Account

        visible = Account.objects.visible_to(user, verb)
        if not visible.query.where:
            return self
        keys = visible.values("pk")
        return self.filter(first__in=keys, second__in=keys)


class RelationQuerySet(QuerySet):  # type: ignore[type-arg]
    def current(self, today: date) -> Self:
        """Those that are not over (`relation.is_over`)."""
        return self.filter(Q(until=None) | Q(in_tree=False, until__gte=today))

    def visible_to(self, user: object, verb: str | None = None) -> Self:
        """Relations of two clients this person sees: of one alone, the other is not named."""
        from accounts.models import Account

        visible = Account.objects.visible_to(user, verb)
        if not visible.query.where:
            return self
        keys = visible.values("pk")
        return self.filter(from_account__in=keys, to_account__in=keys)
