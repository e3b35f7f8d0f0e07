"""The settings of a process read back: how often it begins, what goes first, when it is looked at again."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from processes.models import Process

SPANS = {
    "day": lambda n: ngettext("At most once a day.", "At most %(n)d times a day.", n),
    "week": lambda n: ngettext("At most once in 7 days.", "At most %(n)d times in 7 days.", n),
    "month": lambda n: ngettext("At most once in 30 days.", "At most %(n)d times in 30 days.", n),
}


def guards_words(process: Process) -> list[tuple[Any, str]]:
    """(what it is about, the sentence)."""
    return [
        (_("For the same record"), _of_record(process)),
        (_("For all records"), _of_all(process)),
        (_("Priority"), _of_priority(process.priority)),
        (_("Review"), _of_review(process)),
    ]


def _of_record(process: Process) -> str:
    one = _("One at a time.") if process.is_single else _("Several may be under way at once.")
    days = process.pause_days
    if not days:
        return one
    again = ngettext("It begins again after %(n)d day.", "It begins again after %(n)d days.", days)
    return f"{one} {again % {'n': days}}"


def _of_all(process: Process) -> str:
    said = []
    if process.most_begun:
        said.append(SPANS[process.most_begun_in](process.most_begun) % {"n": process.most_begun})
    if process.daily_cap is not None:
        cap = process.daily_cap
        text = ngettext(
            "After %(n)d beginning in a day it pauses, and whoever is responsible is told.",
            "After %(n)d beginnings in a day it pauses, and whoever is responsible is told.",
            cap,
        )
        said.append(text % {"n": cap})
    return " ".join(said) or _("As often as something begins it.")


def _of_priority(priority: int) -> str:
    if priority == 0:
        return _("As usual.")
    text = _("Goes before others (%(n)d).") if priority > 0 else _("Goes after others (%(n)d).")
    return text % {"n": priority}


def _of_review(process: Process) -> str:
    if process.review_on is None:
        return _("Nobody is reminded to look at it again.")
    return _("It is looked at again on %(day)s.") % {"day": date_format(process.review_on)}
