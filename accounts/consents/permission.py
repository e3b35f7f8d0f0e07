"""May we contact them? The one place that says so, and why not. Rooms above ask it before they reach out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.consents import facts
from accounts.models import Account, Consent, Contact
from accounts.models.consent import EVERYDAY, ConsentPurpose, said
from accounts.models.dictionaries import Channel
from foundation.facts import tell

MOST_ON_CARD = 60


@dataclass(frozen=True, slots=True)
class Permission:
    """`why_not` is a sentence, empty where it is allowed; `prefers` one that they like another channel better."""

    why_not: str = ""
    prefers: str = ""

    def __bool__(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Despite:
    """Whose wish is gone against by which channel, and why."""

    reason: str
    whom: tuple[tuple[Account | Contact, str], ...]


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """The latest word of a client or a contact about a purpose and a channel."""

    who: str
    what: str
    is_given: bool
    about: str


def may_contact(party: Account | Contact, channel: str, purpose: str = EVERYDAY, *, on: date) -> Permission:
    """Whether a client or a contact may be reached by a channel for a purpose (its key) on a day. One statement.

    What the person said goes before what the client said, the later word before the earlier; of day-to-day contact
    silence means yes, of anything else no.
    """
    account_id, contact_id = _keys(party)
    found = _latest([(account_id, contact_id)], channel, purpose, on)
    return Permission(_why_not(party, channel, purpose, found), _prefers(party, channel))


def unwilling(
    contacts: Iterable[Contact], channel: str, purpose: str = EVERYDAY, *, on: date
) -> dict[Contact, str]:
    """Those who may not be reached, each with the sentence why. One statement for all of them."""
    asked = list(contacts)
    if not asked:
        return {}
    found = _latest([_keys(each) for each in asked], channel, purpose, on)
    return {each: sentence for each in asked if (sentence := _why_not(each, channel, purpose, found))}


def bypass(despite: Despite | None, *, by: Any, at: datetime, cause: Any = None) -> None:
    """They are contacted all the same: the clients' timelines say by whom and why. Nothing to say is quiet."""
    if despite is None:
        return
    for party, channel in despite.whom:
        account_id, contact_id = _keys(party)
        name = party.name if contact_id else ""
        told = facts.ConsentBypassed(
            account_id=account_id, contact_id=contact_id, name=name, channel=channel, reason=despite.reason
        )
        tell(told, by=by, at=at, cause=cause)


def consents_json() -> ArraySubquery:
    """For annotating accounts: the latest word about each person, purpose and channel, as JSON."""
    each = ("contact_id", "purpose_id", "channel")
    latest = Consent.objects.filter(account=OuterRef("pk")).order_by(*each, "-on", "-pk").distinct(*each)
    shown = JSONObject(
        who="contact__name", purpose="purpose__name", channel="channel", is_given="is_given", on="on",
        source="source", position="purpose__position",
    )  # fmt: skip
    return ArraySubquery(latest.values(json=shown)[:MOST_ON_CARD])


def shown_consents(rows: list[dict[str, Any]]) -> list[ShownConsent]:
    """Rows of `consents_json` in words: the client's own first, then its people's."""
    ordered = sorted(rows, key=lambda row: (row["who"] or "", row["position"], row["channel"]))
    return [
        ShownConsent(
            who=row["who"] or "",
            what=purpose_words(row["purpose"], row["channel"]),
            is_given=row["is_given"],
            about=f"{formats.date_format(date.fromisoformat(row['on']), 'SHORT_DATE_FORMAT')} · {row['source']}",
        )
        for row in ordered
    ]


def purpose_words(purpose: str, channel: str) -> str:
    """“News and offers, by e-mail”."""
    how = Channel(channel).label if channel else _("by any channel")
    return f"{capfirst(said(purpose))}: {how}"


def _keys(party: Account | Contact) -> tuple[int, int | None]:
    return (party.account_id, party.pk) if isinstance(party, Contact) else (party.pk, None)


def _latest(parties: list[tuple[int, int | None]], channel: str, purpose: str, on: date) -> dict[Any, Any]:
    """{(client, contact or None): the latest word}, and {"needs": whether silence means no}."""
    keys = {contact for _account, contact in parties if contact}
    rows = (
        Consent.objects.filter(
            Q(contact=None) | Q(contact__in=keys),
            account__in={account for account, _contact in parties},
            purpose__key=purpose,
            channel__in=["", channel],
            on__lte=on,
        )
        .order_by("account_id", "contact_id", F("on").desc(), F("pk").desc())
        .distinct("account_id", "contact_id")
    )
    found: dict[Any, Any] = {(row.account_id, row.contact_id): row for row in rows}
    if purpose != EVERYDAY:
        asked = ConsentPurpose.objects.filter(key=purpose).values_list("needs_consent", flat=True)
        found["needs"] = next(iter(asked), True)
    return found


def _why_not(party: Account | Contact, channel: str, purpose: str, found: dict[Any, Any]) -> str:
    account_id, contact_id = _keys(party)
    word = found.get((account_id, contact_id)) or found.get((account_id, None))
    how = Channel(channel).label
    if word is None:
        if not found.get("needs"):
            return ""
        return _("%(who)s never agreed to this (%(channel)s).") % {"who": party.name, "channel": how}
    if word.is_given:
        return ""
    return _("%(who)s asked on %(day)s not to be contacted in this way (%(channel)s).") % {
        "who": party.name,
        "day": formats.date_format(word.on, "SHORT_DATE_FORMAT"),
        "channel": how,
    }


def _prefers(party: Account | Contact, channel: str) -> str:
    liked = party.preferred_channel
    if not liked or liked == channel:
        return ""
    return _("%(who)s prefers: %(channel)s.") % {"who": party.name, "channel": Channel(liked).label}
