"""What people are told of money: the kinds, and by which way unless they choose otherwise."""

from django.utils.translation import gettext_lazy

from users.notifications import NotificationKind, register
from users.notifications.kinds import APP, DIGEST, MAIL

MONEY = gettext_lazy("Money")
BELL, MORNING, LETTER = frozenset({APP}), frozenset({APP, DIGEST}), frozenset({APP, MAIL})
KINDS = [
    NotificationKind(
        "invoice.waiting",
        gettext_lazy("An invoice waits for my approval"),
        MONEY,
        "hourglass",
        LETTER,
        order=60,
    ),
    NotificationKind(
        "invoice.judged",
        gettext_lazy("My invoice is approved or sent back"),
        MONEY,
        "checks",
        LETTER,
        order=61,
    ),
    NotificationKind(
        "invoice.assigned", gettext_lazy("An invoice is given to me"), MONEY, "user-share", MORNING, order=62
    ),
    NotificationKind(
        "invoice.overdue", gettext_lazy("My invoice is overdue"), MONEY, "alarm", MORNING, order=63
    ),
    NotificationKind(
        "invoice.paid", gettext_lazy("My invoice is paid"), MONEY, "circle-check", BELL, order=64
    ),
    NotificationKind(
        "invoice.opened", gettext_lazy("A client opened my invoice"), MONEY, "eye", BELL, order=65
    ),
    NotificationKind(
        "quote.answered",
        gettext_lazy("My quote is accepted, declined or expires"),
        MONEY,
        "file-check",
        LETTER,
        order=59,
    ),
    NotificationKind(
        "recurring.refused",
        gettext_lazy("My recurring invoice could not go on"),
        MONEY,
        "repeat",
        LETTER,
        order=66,
    ),
    NotificationKind(
        "price_terms.changed", gettext_lazy("Prices of my client change"), MONEY, "discount", BELL, order=67
    ),
]


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)
