"""Durations, shares and findings in words."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from processes.mining.conformance import Deviation
from processes.mining.follows import Bottleneck
from processes.mining.people import Bulk
from processes.mining.spread import DAY, HOUR, MINUTE, Deadline

ARROW = " → "
MOST_STEPS = 12  # of a way, before its middle is left out


def duration_text(seconds: float | None) -> str:
    """“3 d 4 h”, “2 h 5 min”, “45 s”; the two greatest units, “–” for nothing known."""
    if seconds is None:
        return "–"
    if 0 < seconds < 1:
        return _("under 1 s")
    whole = round(seconds)
    if whole >= DAY:
        hours = round(whole / HOUR)
        return _pair(_("%(n)s d"), hours // 24, _("%(n)s h"), hours % 24)
    if whole >= HOUR:
        minutes = round(whole / MINUTE)
        return _pair(_("%(n)s h"), minutes // 60, _("%(n)s min"), minutes % 60)
    if whole >= MINUTE:
        return _pair(_("%(n)s min"), whole // MINUTE, _("%(n)s s"), whole % MINUTE)
    return _("%(n)s s") % {"n": whole}


def share_text(share: float) -> str:
    """“12.3%”; of what is there but tiny, “under 0.1%”."""
    if 0 < share < 0.0005:
        return _("under %(share)s%%") % {"share": number_format(0.1, 1)}
    return _("%(share)s%%") % {"share": number_format(round(share * 100, 1), 1)}


def count_text(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)


def deadline_text(deadline: Deadline | None) -> str:
    if deadline is None:
        return "–"
    n = {"n": deadline.amount}
    match deadline.unit:
        case "minutes":
            return ngettext("%(n)s minute", "%(n)s minutes", deadline.amount) % n
        case "hours":
            return ngettext("%(n)s hour", "%(n)s hours", deadline.amount) % n
    return ngettext("%(n)s day", "%(n)s days", deadline.amount) % n


def way_text(steps: tuple[str, ...]) -> str:
    """“Register → Check → … → Pay”."""
    if len(steps) > MOST_STEPS:
        half = MOST_STEPS // 2
        steps = (*steps[:half], "…", *steps[-half:])
    return ARROW.join(steps)


def bottleneck_text(bottleneck: Bottleneck | None) -> str:
    """Which it is, and why it is this one."""
    if bottleneck is None:
        return _("Nothing waits in this log.")
    said = {
        "activity": bottleneck.activity,
        "source": bottleneck.source,
        "total": duration_text(bottleneck.waiting.total),
        "share": share_text(bottleneck.share),
        "count": count_text(bottleneck.waiting.count),
        "p50": duration_text(bottleneck.waiting.p50),
    }
    if bottleneck.source:
        return (
            _(
                "Between “%(source)s” and “%(activity)s” cases wait %(total)s in total, %(share)s of all waiting, "
                "more than anywhere else: %(count)s times, half of them longer than %(p50)s."
            )
            % said
        )
    return (
        _(
            "Before “%(activity)s” cases wait %(total)s in total, %(share)s of all waiting, more than before anything "
            "else: %(count)s times, half of them longer than %(p50)s. They come to it from several sides."
        )
        % said
    )


def bulk_text(bulk: Bulk) -> str:
    return ngettext(
        "“%(activity)s” was done for up to %(most)s cases in one go, by %(people)s person.",
        "“%(activity)s” was done for up to %(most)s cases in one go, by %(people)s people.",
        len(bulk.people),
    ) % {"activity": bulk.activity, "most": bulk.most, "people": len(bulk.people)}


def deviation_text(deviation: Deviation) -> str:
    """Everything that is not right with a way, in sentences."""
    told = [_("“%(step)s” was skipped.") % {"step": step} for step in deviation.skipped]
    told += [
        _("“%(step)s” came before “%(before)s”.") % {"step": step, "before": before}
        for step, before in deviation.early
    ]
    told += [
        _("“%(step)s” was done where nothing led to it.") % {"step": step} for step in deviation.unexpected
    ]
    told += [
        _("“%(step)s” is not in the process.") % {"step": step} for step in dict.fromkeys(deviation.unknown)
    ]
    if deviation.stopped_before:
        told.append(_("It stopped before “%(step)s”.") % {"step": deviation.stopped_before})
    return " ".join(told) or _("Something was left undone beside it.")


def _pair(great: str, number: int, small: str, rest: int) -> str:
    text = great % {"n": count_text(number)}
    return f"{text} {small % {'n': rest}}" if rest else text
