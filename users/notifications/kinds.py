"""What people may be told of. Rooms register their kinds; people choose a channel for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from users.models.notification import Channel

APP, MAIL, DIGEST, PUSH = Channel.APP, Channel.MAIL, Channel.DIGEST, Channel.PUSH


OTHER = _("Other")


@dataclass(frozen=True)
class Action:
    """Something a person can do from the notification itself: a form sent to `url`, or a page opened in a dialog."""

    title: Any
    url: str
    icon: str
    values: tuple[tuple[str, str], ...] = ()
    is_dialog: bool = False


def no_actions(subject_id: int) -> Sequence[Action]:
    return ()


@dataclass(frozen=True)
class NotificationKind:
    """`key` is like the fact's, `task.assigned`. `channels` hold until a person chooses.

    An urgent kind pops up in open windows and leaves by mail at once; the others wait two minutes, so that what
    is read meanwhile, or comes in several, is one mail or none. A kind that is not grouped always has a row of
    its own.
    """

    key: str
    label: Any
    group: Any = OTHER
    icon: str = "bell"
    channels: frozenset[str] = frozenset({APP})
    is_urgent: bool = False
    is_grouped: bool = True
    order: int = 100
    actions: Callable[[int], Sequence[Action]] = field(default=no_actions, compare=False)


_kinds: dict[str, NotificationKind] = {}


def register(kind: NotificationKind) -> None:
    _kinds[kind.key] = kind


def kind_of(key: str) -> NotificationKind:
    """The kind; one that no room knows any more is still shown."""
    return _kinds.get(key) or NotificationKind(key, OTHER)


def kinds() -> list[NotificationKind]:
    """All kinds in the order people see them."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))
