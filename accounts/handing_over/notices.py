"""Who is told of a hand-over: whoever takes over once, with numbers, and the head of who leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.handing_over import preview
from accounts.models.hand_over import HandOver
from changes.models import ChangeSet
from users.handing_over import kinds
from users.heads import heads_of
from users.notifications import NotificationKind, notify
from users.notifications import register as register_kind
from users.notifications.kinds import APP, MAIL

RECEIVED = NotificationKind(
    "hand_over.received", gettext_lazy("I take over a colleague's clients"), gettext_lazy("Clients"),
    "user-share", frozenset({APP, MAIL}), order=42,
)  # fmt: skip
DONE = NotificationKind(
    "hand_over.done", gettext_lazy("A colleague of my department handed over"), gettext_lazy("Clients"),
    "user-share", frozenset({APP}), order=43,
)  # fmt: skip


def register() -> None:
    register_kind(RECEIVED)
    register_kind(DONE)


def tell(change_set_id: int, *, at: datetime) -> None:
    """Of a hand-over that was carried out, or of one that was given back; of no other change-set."""
    made = ChangeSet.objects.select_related("by").get(pk=change_set_id)
    if not made.done:
        return
    hand_overs = HandOver.objects.select_related("person")
    if (given := hand_overs.filter(change_set=made).first()) is not None:
        _tell_receivers(given, made, at=at)
        _tell_head(given, made, at=at)
    elif (back := hand_overs.filter(given_back=made).first()) is not None:
        _tell_returned(back, made, at=at)


def _tell_receivers(hand_over: HandOver, made: ChangeSet, *, at: datetime) -> None:
    given = preview.given(hand_over)
    for person, counts in given.items():
        notify(
            RECEIVED.key,
            [person],
            lambda counts=counts: (  # type: ignore[misc]
                _("You take over from %(name)s") % {"name": hand_over.person.name},
                in_words(counts),
            ),
            url=f"{reverse('accounts:dossiers', args=[hand_over.pk])}?to={person}",
            subject=("hand_over", hand_over.pk),
            by=made.by,
            at=at,
        )


def _tell_head(hand_over: HandOver, made: ChangeSet, *, at: datetime) -> None:
    head = heads_of([hand_over.person])[hand_over.person_id]
    notify(
        DONE.key,
        [head],
        lambda: (
            _("%(name)s has handed over") % {"name": hand_over.person.name},
            ngettext("%(n)d record, by %(who)s", "%(n)d records, by %(who)s", made.done)
            % {"n": made.done, "who": made.by.name},
        ),
        url=made.get_absolute_url() if head == made.by_id else hand_over.get_absolute_url(),
        subject=("hand_over", hand_over.pk),
        by=made.by,
        at=at,
    )


def _tell_returned(hand_over: HandOver, made: ChangeSet, *, at: datetime) -> None:
    notify(
        RECEIVED.key,
        [hand_over.person],
        lambda: (
            _("Your portfolio is yours again"),
            ngettext("%(n)d record", "%(n)d records", made.done) % {"n": made.done},
        ),
        url=reverse("accounts:list") + f"?owner={hand_over.person_id}",
        subject=("hand_over", hand_over.pk),
        by=made.by,
        at=at,
    )


def in_words(counts: Mapping[str, Any]) -> str:
    """“Clients: 12, open deals: 30”."""
    return ", ".join(f"{kind.words}: {counts[kind.record]}" for kind in kinds() if counts.get(kind.record))
