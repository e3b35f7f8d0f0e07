"""What several people's answers amount to. Pure arithmetic."""

from collections.abc import Mapping, Sequence
from typing import Any

APPROVED, DECLINED, RETURNED = "approved", "declined", "returned"


def outcome_of(rule: Mapping[str, Any], answers: Sequence[str]) -> str:
    """The outcome of an approval, or "" while more answers are needed.

    `rule`: {"need": "one" | "all" | "count" | "order", "count": n}; `answers`: one for each person asked, "" while
    they are silent. Somebody who returns it ends the asking at once. One: the first answer is the outcome. All, and
    in order: one who declines is enough. Count: n who approve; declined when so many can no longer do so.
    """
    if RETURNED in answers:
        return RETURNED
    approved, declined = answers.count(APPROVED), answers.count(DECLINED)
    match rule.get("need", "one"):
        case "one":
            return next((each for each in answers if each), "")
        case "count":
            needed = max(1, min(int(rule.get("count", 1)), len(answers)))
            if approved >= needed:
                return APPROVED
            return DECLINED if len(answers) - declined < needed else ""
        case _all_or_in_order:
            if declined:
                return DECLINED
            return APPROVED if approved == len(answers) else ""
