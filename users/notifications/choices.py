"""Who wants what, and where: a person's own choice, else what the kind proposes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from users.models.notification import Channel, NotificationChoice, NotificationMute
from users.models.notification_settings import NotificationSettings
from users.notifications.kinds import kind_of, kinds

Wishes = dict[tuple[int, str], frozenset[str]]


def wishes(people: Collection[int], keys: Collection[str]) -> Wishes:
    """The channels each person wants for each kind; one statement."""
    chosen: dict[tuple[int, str], dict[str, bool]] = defaultdict(dict)
    rows = NotificationChoice.objects.filter(person_id__in=people, kind__in=keys).order_by()
    for person, key, channel, is_wanted in rows.values_list("person_id", "kind", "channel", "is_wanted"):
        chosen[person, key][channel] = is_wanted
    return {
        (person, key): frozenset(
            channel
            for channel in Channel.values
            if chosen[person, key].get(channel, channel in kind_of(key).channels)
        )
        for person in people
        for key in keys
    }


def muted(people: Collection[int], subjects: Iterable[tuple[str, int]]) -> set[tuple[int, str, int]]:
    """(person, kind of record, its key) of what these people muted; one statement."""
    of_kind: dict[str, list[int]] = defaultdict(list)
    for kind, key in subjects:
        of_kind[kind].append(key)
    found: set[tuple[int, str, int]] = set()
    for kind, keys in of_kind.items():
        rows = NotificationMute.objects.filter(
            person_id__in=people, subject_kind=kind, subject_id__in=keys
        ).order_by()
        found.update(rows.values_list("person_id", "subject_kind", "subject_id"))
    return found


def choose(person: Any, wanted: Collection[tuple[str, str]]) -> None:
    """The person's whole matrix: (kind, channel) pairs that are on. What equals the proposal leaves no row."""
    with transaction.atomic():
        NotificationChoice.objects.filter(person=person, kind__in=[kind.key for kind in kinds()]).delete()
        NotificationChoice.objects.bulk_create(
            NotificationChoice(
                person=person, kind=kind.key, channel=channel, is_wanted=(kind.key, channel) in wanted
            )
            for kind in kinds()
            for channel in Channel.values
            if ((kind.key, channel) in wanted) != (channel in kind.channels)
        )


def switch_off(person: Any, key: str, channel: str) -> None:
    """One kind no longer by this channel: what the link in a mail does."""
    NotificationChoice.objects.update_or_create(
        person=person, kind=key, channel=channel, defaults={"is_wanted": False}
    )


def mute(person: Any, subject: tuple[str, int], *, title: str = "", url: str = "") -> None:
    NotificationMute.objects.get_or_create(
        person=person,
        subject_kind=subject[0],
        subject_id=subject[1],
        defaults={"title": title[:200], "url": url[:300]},
    )


def unmute(person: Any, subject: tuple[str, int]) -> None:
    NotificationMute.objects.filter(person=person, subject_kind=subject[0], subject_id=subject[1]).delete()


def mutes(person: Any, subject: tuple[str, int]) -> bool:
    return bool(muted([person.pk], [subject]))


def settle(person: Any, fields: dict[str, Any]) -> None:
    """Quiet hours and digests, as the form names them."""
    names = ("quiet_from", "quiet_until", "has_morning", "has_monday", "digest_at")
    NotificationSettings.objects.update_or_create(
        person=person, defaults={name: fields[name] for name in names if name in fields}
    )
