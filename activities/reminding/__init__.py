"""Reminders: set for a task or a meeting, moved with it, told once, asked again when nobody answers."""

from activities.reminding.moments import OFFSETS, offered, remind_at
from activities.reminding.setting import (
    put_off,
    replan_for,
    replan_person,
    replan_zone,
    set_for_meeting,
    set_for_occurrence,
    set_reminders,
)
from activities.reminding.telling import tell_due

__all__ = [
    "OFFSETS",
    "offered",
    "put_off",
    "remind_at",
    "replan_for",
    "replan_person",
    "replan_zone",
    "set_for_meeting",
    "set_for_occurrence",
    "set_reminders",
    "tell_due",
]
