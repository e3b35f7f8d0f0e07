"""What people are told of by this room itself."""

from django.utils.translation import gettext_lazy

from users.notifications import NotificationKind
from users.notifications import register as register_kind
from users.notifications.kinds import APP

MANY_ASSIGNED = NotificationKind(
    "deal.many_assigned",
    gettext_lazy("I was given many deals at once"),
    gettext_lazy("Deals"),
    "user-share",
    frozenset({APP}),
    order=41,
)


def register() -> None:
    register_kind(MANY_ASSIGNED)
