"""Telling people what happened: kinds are registered by rooms, `notify` tells, the inbox keeps what is unread."""

from users.notifications.kinds import Action, NotificationKind, kind_of, kinds, register
from users.notifications.telling import notify

__all__ = ["Action", "NotificationKind", "kind_of", "kinds", "notify", "register"]
