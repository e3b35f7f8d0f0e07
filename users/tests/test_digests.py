"""Digests: at whose half past eight, once, only with something to say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _

from users import digests, presence, sending
from users.digests import MONDAY, MORNING, DigestSection, Section
from users.models import Digest, NotificationSettings, Sending, User
from users.notifications import NotificationKind, notify, register
from users.notifications.kinds import _kinds
from users.presence import _away
from users.testing import Cast
from users.tests.smtp import Letterbox

pytestmark = pytest.mark.django_db
MON = date(2026, 11, 23)
HALF_PAST_EIGHT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def one_section() -> Iterator[None]:
    """Everybody has one line in the morning, heads one on Monday."""
    before, kinds, away = dict(digests._sections), dict(_kinds), dict(_away)
    digests._sections.clear()
    digests.register_section(DigestSection(MORNING, "news", 40, digests.news))
    digests.register_section(
        DigestSection(MORNING, "one", 10, lambda person, at: Section(_("Deals"), [("Acme", "/deals/1/")]))
    )
    digests.register_section(
        DigestSection(MONDAY, "one", 10, lambda person, at: Section("Department", [("3 tasks", "")]))
    )
    yield
    digests._sections.clear()
    digests._sections.update(before)
    _kinds.clear()
    _kinds.update(kinds)
    _away.clear()
    _away.update(away)


def only(*people: User, **fields: Any) -> None:
    User.objects.exclude(pk__in=[person.pk for person in people]).update(is_active=False)
    User.objects.filter(pk__in=[person.pk for person in people]).update(**fields)


def test_at_half_past_eight_of_the_persons_own_clock_and_once(cast: Cast) -> None:
    only(cast.salesperson, time_zone="Asia/Kolkata")
    early = datetime(2026, 11, 24, 2, 59, tzinfo=UTC)
    assert digests.send_due(at=early) == 0
    assert digests.send_due(at=early + timedelta(minutes=1)) == 1
    assert digests.send_due(at=early + timedelta(minutes=2)) == 0
    assert Digest.objects.get().on == date(2026, 11, 24)
    person = User.objects.get(pk=cast.salesperson.pk)
    assert not digests.make(person, MORNING, at=early + timedelta(minutes=1))
    assert Sending.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Pacific/Niue", datetime(2026, 11, 24, 19, 30, tzinfo=UTC), date(2026, 11, 24)),
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 18, 30, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_the_day_is_the_persons(cast: Cast, zone: str, moment: datetime, day: date) -> None:
    only(cast.salesperson, time_zone=zone)
    assert digests.send_due(at=moment - timedelta(minutes=1)) == 0
    assert digests.send_due(at=moment) == 1
    assert Digest.objects.get().on == day


def test_on_days_off_and_while_away_nobody_is_written_to(cast: Cast) -> None:
    only(cast.salesperson)
    saturday = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert digests.send_due(at=saturday) == 0
    presence.register_away(lambda people, at: people)
    assert digests.send_due(at=HALF_PAST_EIGHT) == 0
    assert not Digest.objects.exists()


def test_in_the_afternoon_the_morning_is_no_news(cast: Cast) -> None:
    only(cast.salesperson)
    assert digests.send_due(at=HALF_PAST_EIGHT + timedelta(hours=7)) == 0


def test_without_anything_to_say_no_mail_leaves_and_nobody_asks_again(cast: Cast) -> None:
    only(cast.salesperson)
    del digests._sections[MORNING, "one"]
    assert digests.send_due(at=HALF_PAST_EIGHT) == 0
    assert Digest.objects.get().is_empty
    assert not Sending.objects.exists()


def test_heads_hear_of_their_week_on_its_first_working_day(cast: Cast) -> None:
    only(cast.head, cast.salesperson)
    digests.send_due(at=datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert set(Digest.objects.values_list("person__name", "kind")) == {
        ("Sam Porter", "morning"),
        ("Helena Marsh", "morning"),
        ("Helena Marsh", "monday"),
    }
    digests.send_due(at=HALF_PAST_EIGHT)
    assert Digest.objects.filter(kind="monday").count() == 1


def test_switched_off_or_at_another_hour_it_is_so(cast: Cast) -> None:
    only(cast.head, cast.salesperson)
    NotificationSettings.objects.create(person=cast.head, has_morning=False)
    NotificationSettings.objects.create(person=cast.salesperson, digest_at="10:00")
    assert digests.send_due(at=HALF_PAST_EIGHT) == 0
    assert digests.send_due(at=HALF_PAST_EIGHT + timedelta(minutes=90)) == 1
    assert Digest.objects.get().person == cast.salesperson


def test_the_mail_is_in_the_persons_language_with_links_and_a_way_out(cast: Cast, settings: Any) -> None:
    box = Letterbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.SITE_ADDRESS = "https://crm.romashka.example"
    only(cast.salesperson, language="ru")
    digests.send_due(at=HALF_PAST_EIGHT)
    Sending.objects.update(due_at=timezone.now())
    sending.send_due()
    box.shutdown()
    (letter,) = box.letters
    for kind in ("plain", "html"):
        said = letter.get_body((kind,)).get_content()
        assert "Сделки" in said
        assert "https://crm.romashka.example/deals/1/" in said
    path = letter["List-Unsubscribe"].replace("\n", "").replace(" ", "").strip("<>").partition("example")[2]
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not NotificationSettings.objects.get(person=cast.salesperson).has_morning
    assert NotificationSettings.objects.get(person=cast.salesperson).has_monday


def test_what_is_wanted_in_the_digest_stands_there_until_it_is_read_or_told(cast: Cast) -> None:
    register(NotificationKind("test.digest", "For the morning", channels=frozenset({"digest"})))
    only(cast.salesperson)
    notify(
        "test.digest", [cast.salesperson], lambda: ("A task for you", "Given by Helena"), url="/tasks/1/", by=None,
        at=HALF_PAST_EIGHT - timedelta(hours=10),
    )  # fmt: skip
    digests.send_due(at=HALF_PAST_EIGHT)
    assert "A task for you. Given by Helena" in Sending.objects.get().text
    assert User.objects.get(pk=cast.salesperson.pk).unread == 0
    digests.send_due(at=HALF_PAST_EIGHT + timedelta(days=1))
    assert "A task for you" not in Sending.objects.latest("pk").text


def test_a_long_section_says_how_many_more() -> None:
    lines = digests.limited([(f"Line {n}", "") for n in range(20)], "/tasks/")
    assert len(lines) == digests.LINES + 1
    assert lines[-1] == ("and 5 more", "/tasks/")
