"""Whom nobody could take something from is told why it came to them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution import words
from distribution.models import DistributionRule, Record
from users.notifications import NotificationKind, notify
from users.notifications import register as register_kind
from users.notifications.kinds import APP, MAIL

KIND = NotificationKind(
    "distribution.fallback",
    gettext_lazy("A lead or deal came to me because nobody else could take it"),
    gettext_lazy("Clients and deals"),
    "user-exclamation",
    frozenset({APP, MAIL}),
    order=42,
)


def register() -> None:
    register_kind(KIND)


def tell_of_fallback(
    record: str,
    given: Any,
    rule: DistributionRule,
    person: Any,
    left_out: Iterable[Mapping[str, Any]],
    *,
    by: Any,
    at: datetime,
) -> None:
    def say() -> tuple[str, str]:
        why = _("Nobody could take it by the rule “%(rule)s”.") % {"rule": rule.name}
        return str(given), " ".join(part for part in (why, words.those_left_out(left_out)) if part)

    subject = ("deal" if record == Record.DEAL else "account", given.pk)
    notify(KIND.key, [person.pk], say, url=given.get_absolute_url(), subject=subject, by=by, at=at)
