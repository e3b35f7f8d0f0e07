"""What a person might do next about their deals, each with its reason in words. Pure rules over what was read.

A rule looks at one open deal and answers with a reason or nothing. The first rule that has one speaks for the deal;
suggestions are ordered by their rule, then by what is at stake. Days are working days of the company.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONG_QUIET = 10  # working days without a word, where a stage has no norm or much is at stake
HEAVY_SHARE = 4  # a client is worth much when it is among the first quarter of one's own
SOON = 5  # days within which something planned keeps a deal from being called quiet


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """What the rules know of a deal. `quiet` is None when it is longer ago than anybody counts."""

    key: int
    title: str
    account: str
    account_id: int | None
    worth: Decimal
    worth_text: str
    quiet: int | None
    norm: int | None
    client_quiet: int | None
    expected_close_on: date | None
    next_step: str
    next_step_on: date | None
    has_task: bool
    is_heavy: bool = False
    client_worth_text: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    deal: OpenDeal
    reason: str


def close_passed(deal: OpenDeal, today: date, day: Callable[[date], str]) -> str:
    if deal.expected_close_on is None or deal.expected_close_on >= today:
        return ""
    return _("Expected close was %(day)s") % {"day": day(deal.expected_close_on)}


def step_missed(deal: OpenDeal, today: date, day: Callable[[date], str]) -> str:
    """Only where no task stands for it: an overdue task speaks for itself above."""
    if deal.next_step_on is None or deal.next_step_on >= today or deal.has_task:
        return ""
    if not deal.next_step:
        return _("The next step was due %(day)s") % {"day": day(deal.next_step_on)}
    return _("“%(step)s” was due %(day)s") % {"step": deal.next_step, "day": day(deal.next_step_on)}


def gone_quiet(deal: OpenDeal, today: date, day: Callable[[date], str]) -> str:
    if _is_planned_soon(deal, today):
        return ""
    return quiet_text(deal)


def heavy_client_quiet(deal: OpenDeal, today: date, day: Callable[[date], str]) -> str:
    if not deal.is_heavy or _is_planned_soon(deal, today):
        return ""
    if deal.client_quiet is not None and deal.client_quiet < LONG_QUIET:
        return ""
    return _("No activity with a client worth %(worth)s open") % {"worth": deal.client_worth_text}


RULES: tuple[Callable[[OpenDeal, date, Callable[[date], str]], str], ...] = (
    close_passed,
    step_missed,
    gone_quiet,
    heavy_client_quiet,
)


def suggestions(deals: Iterable[OpenDeal], today: date, day: Callable[[date], str]) -> list[Suggestion]:
    """At most one a deal; `day` says a date in words."""
    found: list[tuple[int, Decimal, int, Suggestion]] = []
    for deal in deals:
        for rank, rule in enumerate(RULES):
            if reason := rule(deal, today, day):
                found.append((rank, -deal.worth, deal.key, Suggestion(deal, reason)))
                break
    return [each[-1] for each in sorted(found, key=lambda each: each[:3])]


def quiet_text(deal: OpenDeal) -> str:
    """“Quiet for 14 working days; norm 5”, or nothing while it is within its norm."""
    if deal.quiet is None:
        return _("Quiet for over a year")
    if deal.quiet <= (deal.norm if deal.norm is not None else LONG_QUIET):
        return ""
    text = ngettext("Quiet for %(n)s working day", "Quiet for %(n)s working days", deal.quiet)
    said = text % {"n": deal.quiet}
    return said if deal.norm is None else _("%(quiet)s; norm %(norm)s") % {"quiet": said, "norm": deal.norm}


def heavy_clients(worths: dict[int, Decimal]) -> set[int]:
    """Clients among the first quarter by what is open with them, ties included; none that are worth nothing."""
    ordered = sorted((worth for worth in worths.values() if worth > 0), reverse=True)
    if not ordered:
        return set()
    least = ordered[(len(ordered) - 1) // HEAVY_SHARE]
    return {key for key, worth in worths.items() if worth >= least}


def _is_planned_soon(deal: OpenDeal, today: date) -> bool:
    return deal.next_step_on is not None and 0 <= (deal.next_step_on - today).days <= SOON
