"""Summaries by mail: every morning of a person's working days, and on the first of the week for heads.

Rooms register sections; a digest without anything to say is not sent. The row in `Digest` is written in the same
transaction as the mail in the outbox, so that each is made once, whoever asks and whoever dies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.working_time import Calendar, Reason
from users import mailing, presence
from users.calendars import calendars_of
from users.models import Department, Digest, Notification, NotificationSettings, User
from users.sending import queue_mail

MORNING, MONDAY = "morning", "monday"
LABELS = {MORNING: gettext_lazy("Morning digest"), MONDAY: gettext_lazy("Monday digest")}
LATEST = timedelta(hours=6)  # later than that, what was due in the morning is no news
KEPT = timedelta(days=90)
LINES = 15


@dataclass(frozen=True)
class Section:
    """A heading and its lines, (text, address within the product or "")."""

    title: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DigestSection:
    """`build` is called in the person's language and zone; None where it has nothing to say."""

    kind: str
    key: str
    order: int
    build: Callable[[User, datetime], Section | None]


_sections: dict[tuple[str, str], DigestSection] = {}


def register_section(section: DigestSection) -> None:
    _sections[section.kind, section.key] = section


def sections_of(kind: str) -> list[DigestSection]:
    found = [each for each in _sections.values() if each.kind == kind]
    return sorted(found, key=lambda each: (each.order, each.key))


def limited(lines: Sequence[tuple[str, str]], more_url: str = "") -> list[tuple[str, str]]:
    """The first lines, and how many more there are."""
    n = len(lines) - LINES
    if n <= 0:
        return list(lines)
    return [*lines[:LINES], (ngettext("and %(n)d more", "and %(n)d more", n) % {"n": n}, more_url)]


def send_due(*, at: datetime | None = None) -> int:
    """Make the digests whose hour has come where their people live; how many were sent."""
    at = at or timezone.now()
    people = list(
        User.objects.with_policy()
        .active()
        .filter(email__isnull=False)
        .select_related("notification_settings", "department")
        .order_by("pk")
    )
    heads = set(Department.objects.filter(head__isnull=False).values_list("head_id", flat=True))
    made = set(
        Digest.objects.filter(on__gte=(at - timedelta(days=2)).date()).values_list("person_id", "kind", "on")
    )
    ready = [person for person in people if _is_hour(person, at)]
    if not ready:
        return 0
    calendars, away = calendars_of(ready), presence.away([person.pk for person in ready], at)
    return sum(
        make(person, kind, at=at)
        for person in ready
        if person.pk not in away
        for kind in kinds_for(person, today(person, at), calendars[person.pk], is_head=person.pk in heads)
        if (person.pk, kind, today(person, at)) not in made
    )


def make(person: User, kind: str, *, at: datetime) -> bool:
    """Make one digest, unless the day's is made; whether a mail leaves."""
    with transaction.atomic():
        day = today(person, at)
        if not _claimed(person, kind, day, at):
            return False
        with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
            built = [section.build(person, at) for section in sections_of(kind)]
            sections = [each for each in built if each is not None and each.lines]
            if not sections:
                Digest.objects.filter(person=person, kind=kind, on=day).update(is_empty=True)
                return False
            _post(person, kind, day, sections, at)
    return True


def kinds_for(person: User, day: date, calendar: Calendar, *, is_head: bool) -> list[str]:
    """What a person is sent on a day: nothing on a day off."""
    if not works(day, calendar):
        return []
    wishes = getattr(person, "notification_settings", None) or NotificationSettings(person=person)
    first = not any(works(day - timedelta(days=n), calendar) for n in range(1, day.weekday() + 1))
    return [
        *([MORNING] if wishes.has_morning else []),
        *([MONDAY] if wishes.has_monday and is_head and first else []),
    ]


def works(day: date, calendar: Calendar) -> bool:
    return calendar.reason(day) in {Reason.HOURS, Reason.SPECIAL}


def today(person: User, at: datetime) -> date:
    return at.astimezone(ZoneInfo(person.time_zone)).date()


def switch_off(person: User, kind: str) -> None:
    """No more of these: what the link in the mail does."""
    NotificationSettings.objects.update_or_create(person=person, defaults={f"has_{kind}": False})


def news(person: User, at: datetime) -> Section | None:
    """What people want to read in the morning instead of at once, and have not read yet."""
    rows = (
        Notification.objects.of(person)
        .since(at - timedelta(days=7))
        .filter(is_for_digest=True)
        .exclude(read_at__gt=F("at"))
        .order_by("-at", "-pk")
    )
    last = (
        Digest.objects.filter(person=person, kind=MORNING, made_at__lt=at)
        .order_by("-made_at")
        .values_list("made_at", flat=True)
        .first()
    )
    if last is not None:
        rows = rows.since(last)
    lines = [
        (f"{row.title}. {row.text}".rstrip(". ") if row.text else row.title, row.url)
        for row in rows[: LINES * 4]
    ]
    return Section(_("New to you"), limited(lines, reverse("users:notifications"))) if lines else None


register_section(DigestSection(MORNING, "news", 40, news))


def forget_old(*, at: datetime) -> int:
    return Digest.objects.filter(on__lt=(at - KEPT).date()).delete()[0]


def _claimed(person: User, kind: str, day: date, at: datetime) -> bool:
    """Whether the day's digest is ours to make; waits for whoever is making it."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO users_digest (person_id, kind, "on", made_at, is_empty) VALUES (%s, %s, %s, %s, false)'
            " ON CONFLICT DO NOTHING",
            [person.pk, kind, day, at],
        )
        return bool(cursor.rowcount)


def _is_hour(person: User, at: datetime) -> bool:
    """Whether the person's hour has come today, and not too long ago."""
    zone = ZoneInfo(person.time_zone)
    wishes = getattr(person, "notification_settings", None) or NotificationSettings(person=person)
    hour = datetime.combine(today(person, at), wishes.digest_at, zone).astimezone(UTC)
    return hour <= at < hour + LATEST


def _post(person: User, kind: str, day: date, sections: Sequence[Section], at: datetime) -> None:
    words = {
        "greeting": _("Good morning, %(name)s!") % {"name": person.get_short_name()},
        "label": LABELS[kind],
        "day": capfirst(date_format(day, "l, j F" if person.language == "ru" else "l, F j")),
        "sections": [
            Section(each.title, [(text, mailing.address(url) if url else "") for text, url in each.lines])
            for each in sections
        ],
        "home": mailing.address("/"),
        "company": settings.COMPANY_NAME,
        "unsubscribe": mailing.address(reverse("users:unsubscribe", args=[mailing.token_for(person, kind)])),
        "settings": mailing.address(reverse("users:notification_settings")),
    }
    queue_mail(
        person,
        kind,
        title=f"{LABELS[kind]}: {words['day']}",
        text=render_to_string("users/mail/digest.txt", words),
        html=render_to_string("users/mail/digest.html", words),
        due_at=at,
    )
