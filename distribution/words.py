"""Why somebody got it, in words. Moments are said where the reader is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from distribution.choosing import LeftOut, Why
from distribution.models.rule import Method

MOST_NAMED = 5
HOW = {
    Method.TURN: gettext_lazy("in turn, number %(place)d of %(among)d"),
    Method.LOAD: gettext_lazy("the least busy of %(among)d"),
    Method.TERRITORY: gettext_lazy("answers for the territory"),
    Method.KNOWN: gettext_lazy("knows the client"),
}
REASONS = {
    Why.AWAY: (gettext_lazy("away"), gettext_lazy("away until %(until)s")),
    Why.HOURS: (gettext_lazy("not at work"), gettext_lazy("not at work until %(until)s")),
    Why.DAY: (gettext_lazy("has enough for today"), gettext_lazy("has enough for today")),
    Why.MONTH: (gettext_lazy("has enough for this month"), gettext_lazy("has enough for this month")),
    Why.FULL: (gettext_lazy("has as many open as they can carry"),) * 2,
}


def given(
    to_name: str,
    rule: str,
    method: str,
    place: int,
    among: int,
    left_out: Iterable[Mapping[str, Any]],
    is_fallback: bool,
) -> str:
    """“Given to Clara by the rule “Moscow leads”: in turn, number 3 of 5. Left out: Petrov (away until 3 Dec).”"""
    said: dict[str, Any] = {"name": to_name, "rule": rule}
    if is_fallback:
        text = _("Given to %(name)s because nobody could take it by the rule “%(rule)s”.") % said
    else:
        said["how"] = str(HOW[Method(method)]) % {"place": place, "among": among}
        text = _("Given to %(name)s by the rule “%(rule)s”: %(how)s.") % said
    return " ".join(part for part in (text, those_left_out(left_out)) if part)


def waits(rule: str, until: str, left_out: Iterable[Mapping[str, Any]]) -> str:
    said = {"rule": rule, "until": moment_text(until)}
    text = _("Waits by the rule “%(rule)s” until %(until)s.") % said
    return " ".join(part for part in (text, those_left_out(left_out)) if part)


def those_left_out(left_out: Iterable[Mapping[str, Any]]) -> str:
    rows = list(left_out)
    if not rows:
        return ""
    named = [f"{row['name']} ({reason(row['why'], row['until'])})" for row in rows[:MOST_NAMED]]
    more = len(rows) - MOST_NAMED
    if more > 0:
        named.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return _("Left out: %(people)s.") % {"people": ", ".join(named)}


def reason(why: str, until: str | None) -> str:
    without, with_until = REASONS[Why(why)]
    return str(with_until) % {"until": moment_text(until)} if until else str(without)


def kept(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """As rows and events keep it."""
    return [
        {"name": each.name, "why": str(each.why), "until": each.until.isoformat() if each.until else None}
        for each in left_out
    ]


def moment_text(moment: str | datetime) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    there = timezone.localtime(moment)
    if there.date() == timezone.localdate():
        return str(formats.time_format(there, "TIME_FORMAT"))
    return str(formats.date_format(there, "SHORT_DATETIME_FORMAT"))
