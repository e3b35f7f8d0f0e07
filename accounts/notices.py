"""What people are told of by this room itself."""

from django.utils.translation import gettext_lazy

from users.notifications import NotificationKind
from users.notifications import register as register_kind
from users.notifications.kinds import APP

MANY_ASSIGNED = NotificationKind(
    "account.many_assigned",
    gettext_lazy("I was given many clients at once"),
    gettext_lazy("Clients"),
    "user-share",
    frozenset({APP}),
    order=52,
)


def register() -> None:
    register_kind(MANY_ASSIGNED)
