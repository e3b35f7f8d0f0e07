"""Rows that would add a client like one that is there: the same check as the forms have, for a batch at a time."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.duplicates.lookup import doubles_of_many
from accounts.duplicates.matching import Party, Place, party_of
from accounts.models import Account
from accounts.models.account import Kind
from integrations.importing.base import Step
from integrations.importing.outcome import Outcome, Problem


def tell_likenesses(steps: Sequence[Step], outcome: Outcome, person: Any) -> None:
    """Say of each new row what it is like, in two statements; reject it where the company asks for a reason."""
    found = doubles_of_many([_party(step.values) for step in steps])
    keys = {pk for each in found for pk in each}
    clients = Account.objects.in_bulk(keys) if keys else {}
    for step, doubles in zip(steps, found, strict=True):
        for pk, (reasons, is_strict) in sorted(doubles.items()):
            said = {"reason": ", ".join(reasons), "name": _named(clients.get(pk), person)}
            sentence = _("like %(name)s: %(reason)s") % said
            if is_strict:
                step.record.reject(
                    "", _("%(likeness)s. Add it by hand and say why.") % {"likeness": sentence}
                )
            else:
                outcome.add_likeness(Problem(step.record.row.number, "", sentence))
            break


def _named(account: Account | None, person: Any) -> str:
    if account is not None and person.reaches(account, "accounts.view"):
        return f"“{account.name}”"
    return _("a client of another team")


def _party(values: dict[str, Any]) -> Party:
    place = {part: values["address"].get(part, "") for part in ("postcode", "city", "street")}
    return party_of(
        values["name"],
        is_person=values.get("kind") == Kind.PERSON,
        website=values.get("website") or "",
        points=values["points"],
        tax_numbers=values["tax_numbers"],
        places=[Place(**place)] if any(place.values()) else [],
    )
