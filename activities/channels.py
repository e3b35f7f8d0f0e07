"""How somebody likes to be reached, as the kind of what is to be done."""

from typing import Any

from accounts.models import Channel
from activities.models.task_template import TaskKind

KINDS = {
    Channel.PHONE: TaskKind.CALL,
    Channel.EMAIL: TaskKind.MAIL,
    Channel.CHAT: TaskKind.MESSAGE,
    Channel.SMS: TaskKind.MESSAGE,
    Channel.POST: TaskKind.MAIL,
    Channel.VISIT: TaskKind.VISIT,
}


def kind_liked(channel: str) -> TaskKind | None:
    return KINDS[Channel(channel)] if channel else None


def liked_instead_of_a_call(contact: Any, account: Any) -> tuple[Any, TaskKind] | None:
    """Who would rather be reached in another way than by telephone, the contact first, and by what kind of task."""
    for party in (contact, account):
        if party is not None and party.preferred_channel:
            kind = kind_liked(party.preferred_channel)
            return (party, kind) if kind and kind != TaskKind.CALL else None
    return None
