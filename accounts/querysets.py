from datetime import datetime
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
