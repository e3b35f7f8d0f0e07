"""Mails and browser messages leave the house: when, how often, and what happens when they cannot."""

import base64
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Refused
from users import mailing, presence, push, sealing, sending
from users.models import (
    Notification,
    NotificationChoice,
    NotificationSettings,
    PushKey,
    PushSubscription,
    Sending,
    User,
)  # fmt: skip
from users.notifications import NotificationKind, inbox, notify, register
from users.notifications.kinds import _kinds
from users.presence import _away, quiet_end
from users.testing import Cast
from users.tests.smtp import Letterbox

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def known_kinds() -> Iterator[None]:
    before, away = dict(_kinds), dict(_away)
    both = frozenset({"app", "mail", "push"})
    register(NotificationKind("test.urgent", "Something urgent", channels=both, is_urgent=True))
    register(NotificationKind("test.patient", "Something patient", channels=both))
    yield
    _kinds.clear()
    _kinds.update(before)
    _away.clear()
    _away.update(away)


@pytest.fixture
def letterbox(settings: Any) -> Iterator[Letterbox]:
    box = Letterbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.shutdown()


def tell(
    person: User, kind: str = "test.urgent", title: str = "Call Ivan", at: datetime | None = None
) -> Notification:
    notify(
        kind,
        [person],
        lambda: (title, "at once"),
        url="/tasks/7/",
        subject=("task", 7),
        by=None,
        at=at or timezone.now(),
    )
    return Notification.objects.latest("pk")


@pytest.mark.django_db
def test_a_mail_leaves_once_with_text_html_and_a_way_out(cast: Cast, letterbox: Letterbox) -> None:
    tell(cast.salesperson)
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    (letter,) = letterbox.letters
    row = Sending.objects.get()
    assert letter["Subject"] == "Call Ivan"
    assert letter["To"] == "Sam Porter <sales@romashka.example>"
    assert str(row.message_id) in letter["Message-ID"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}
    assert "/tasks/7/" in letter.get_body(("plain",)).get_content()


@pytest.mark.django_db
def test_the_link_in_a_mail_asks_and_one_click_stops_them(cast: Cast, letterbox: Letterbox) -> None:
    tell(cast.salesperson)
    sending.send_due()
    address = re.sub(r"\s", "", letterbox.letters[0]["List-Unsubscribe"]).strip("<>")
    path = "/" + address.split("/", 3)[3]
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(path)
    assert page.status_code == 200
    assert "Something urgent" in page.content.decode()
    assert not NotificationChoice.objects.exists()
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tell(cast.salesperson, title="Again")
    assert not Sending.objects.filter(sent_at=None, channel="mail").exists()
    assert Client().get(path[:-3] + "xx/").status_code == 404


@pytest.mark.django_db
def test_what_is_read_meanwhile_is_not_mailed(cast: Cast, letterbox: Letterbox) -> None:
    tell(cast.salesperson, "test.patient", at=timezone.now() - timedelta(minutes=3))
    inbox.read(cast.salesperson, at=timezone.now())
    assert sending.send_due() == 0
    assert letterbox.letters == []
    assert not Sending.objects.exists()


@pytest.mark.django_db
def test_several_before_it_leaves_are_one_mail_with_the_newest_words(
    cast: Cast, letterbox: Letterbox
) -> None:
    start = timezone.now() - timedelta(minutes=4)
    for number in range(3):
        tell(cast.salesperson, "test.patient", f"Told {number}", at=start + timedelta(seconds=number))
    assert Sending.objects.filter(channel="mail").count() == 1
    sending.send_due()
    assert [letter["Subject"] for letter in letterbox.letters] == ["Told 2 (×3)"]


@pytest.mark.django_db
def test_refused_it_is_tried_again_with_growing_pauses_and_then_stuck(
    cast: Cast, letterbox: Letterbox, client_of: ClientOf
) -> None:
    letterbox.refuses = True
    tell(cast.salesperson)
    pauses = []
    for _attempt in range(sending.MAX_ATTEMPTS):
        sending.send_due()
        row = Sending.objects.get()
        pauses.append(round((row.due_at - timezone.now()).total_seconds(), -1))
        Sending.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert pauses == sorted(pauses)
    row = Sending.objects.get()
    assert row.stuck_at is not None
    assert "451" in row.error
    first_id = row.message_id
    page = client_of(cast.admin).get("/admin/users/sending/").content.decode()
    assert "Call Ivan" in page
    letterbox.refuses = False
    client_of(cast.admin).post("/admin/users/sending/", {"action": "try_again", "_selected_action": [row.pk]})
    assert sending.send_due() == 1
    assert str(first_id) in letterbox.letters[0]["Message-ID"]


@pytest.mark.django_db
def test_whoever_lost_the_lease_sends_nothing(cast: Cast, letterbox: Letterbox) -> None:
    tell(cast.salesperson)
    ((pk, attempts),) = sending._claim()
    Sending.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert sending.send_due() == 1
    row = Sending.objects.select_related("person", "notification").get(pk=pk)
    assert not sending._send(row, attempts, None)
    assert len(letterbox.letters) == 1


@pytest.mark.django_db
def test_a_person_who_left_gets_no_mail(cast: Cast, letterbox: Letterbox) -> None:
    tell(cast.salesperson)
    User.objects.filter(pk=cast.salesperson.pk).update(is_active=False)
    assert sending.send_due() == 0
    assert letterbox.letters == []


@pytest.mark.django_db
def test_quiet_hours_and_absence_hold_mails_back_and_never_the_bell(cast: Cast, letterbox: Letterbox) -> None:
    now = timezone.now()
    NotificationSettings.objects.create(
        person=cast.salesperson,
        quiet_from=(now - timedelta(hours=1)).time().replace(microsecond=0),
        quiet_until=(now + timedelta(hours=2)).time().replace(microsecond=0),
    )
    tell(cast.salesperson)
    assert sending.send_due() == 0
    assert User.objects.get(pk=cast.salesperson.pk).unread == 1
    wait = Sending.objects.get().due_at - now
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)
    presence.register_away(_head_is_away(cast, now + timedelta(days=2)))
    tell(cast.head)
    assert Sending.objects.get(person=cast.head).due_at == now + timedelta(days=2)


def _head_is_away(cast: Cast, back: datetime) -> presence.Away:
    def away(people: Any, at: datetime) -> dict[int, datetime]:
        return {cast.head.pk: back} if cast.head.pk in people else {}

    return away


@pytest.mark.django_db
def test_what_fell_due_in_quiet_hours_waits_without_losing_an_attempt(
    cast: Cast, letterbox: Letterbox
) -> None:
    tell(cast.salesperson)
    presence.register_away(lambda people, at: people)
    assert sending.send_due() == 0
    row = Sending.objects.get()
    assert row.attempts == 0
    assert row.due_at > timezone.now() + timedelta(hours=5)


ZONES = ["Pacific/Niue", "Asia/Kolkata", "Pacific/Kiritimati", "America/New_York", "Europe/Berlin"]


@given(
    moment=st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1990 < at.year < 2090),
    begins=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
)
def test_quiet_hours_end_within_a_day_at_a_time_that_is_not_quiet(
    moment: datetime, begins: time, ends: time, zone: str
) -> None:
    if begins == ends:
        return
    end = quiet_end(moment, zone, begins, ends)
    if end is not None:
        assert moment <= end <= moment + timedelta(hours=25)


def test_quiet_hours_over_midnight() -> None:
    night = (time(22), time(7))
    at = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    assert quiet_end(at, "UTC", *night) is None
    assert quiet_end(at + timedelta(hours=1), "UTC", *night) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert quiet_end(at + timedelta(hours=4), "UTC", *night) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert quiet_end(at, "Asia/Kolkata", *night) == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert quiet_end(datetime(2026, 11, 23, 7, tzinfo=UTC), "UTC", *night) is None


def test_on_the_night_the_clock_goes_back_the_end_is_the_first_still_to_come() -> None:
    quiet = (time(1), time(2, 30))
    before = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)  # 02:15 in Berlin, summer time
    assert quiet_end(before, "Europe/Berlin", *quiet) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15 once more
    assert quiet_end(again, "Europe/Berlin", *quiet) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


# --- browsers


class PushService(http.server.ThreadingHTTPServer):
    """What a browser's vendor runs; keeps what comes and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 201
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Taking(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        pass


class Browser:
    """The other end: its keys, and reading what was encrypted for it as RFC 8291 says a browser does."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"

    def subscription(self, endpoint: str) -> str:
        keys = {
            "p256dh": sealing.text_of(sealing.raw_of(self.private.public_key())),
            "auth": sealing.text_of(self.secret),
        }
        return json.dumps({"endpoint": endpoint, "keys": keys})

    def read(self, body: bytes) -> Any:
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(ec.ECDH(), sealing.point_of(theirs))
        info = b"WebPush: info\x00" + sealing.raw_of(self.private.public_key()) + theirs
        material = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(material)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\x02")
        return json.loads(plain[:-1])


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    running = PushService()
    settings.PUSH_TEST_ENDPOINTS = (running.address + "/",)
    yield running
    running.shutdown()


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    own = ec.derive_private_key(
        int.from_bytes(sealing.bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = sealing.encrypted(
        b"When I grow up, I want to be a watermelon",
        sealing.bytes_of(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        sealing.bytes_of("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=sealing.bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
        own=own,
    )
    assert sealing.text_of(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.django_db
def test_a_browser_subscribes_and_gets_what_only_it_can_read(
    cast: Cast, client_of: ClientOf, service: PushService, letterbox: Letterbox
) -> None:
    client, browser = client_of(cast.salesperson), Browser()
    key = client.post("/notifications/push/").json()["key"]
    sent = {"subscription": browser.subscription(f"{service.address}/one")}
    assert client.post("/notifications/push/", sent, headers={"User-Agent": "Firefox"}).status_code == 201
    assert client.post("/notifications/push/", sent).status_code == 201
    assert PushSubscription.objects.count() == 1
    tell(cast.salesperson)
    assert sending.send_due() == 2
    ((headers, body),) = service.taken
    assert browser.read(body)["title"] == "Call Ivan"
    assert browser.read(body)["url"] == "/tasks/7/"
    assert headers["Content-Encoding"] == "aes128gcm"
    _verify(headers["Authorization"], key, service.address)


def _verify(authorization: str, key: str, audience: str) -> None:
    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)", authorization)
    assert found is not None
    head, said, signature, public = found.groups()
    raw = sealing.bytes_of(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    sealing.point_of(sealing.bytes_of(public)).verify(
        utils.encode_dss_signature(r, s), f"{head}.{said}".encode(), ec.ECDSA(hashes.SHA256())
    )
    assert public == key
    assert json.loads(base64.urlsafe_b64decode(said + "=="))["aud"] == audience


@pytest.mark.django_db
def test_a_browser_that_is_gone_is_forgotten_and_a_failing_one_asked_again(
    cast: Cast, service: PushService, letterbox: Letterbox
) -> None:
    for name in ("one", "two"):
        said = json.loads(Browser().subscription(f"{service.address}/{name}"))
        push.subscribe(
            cast.salesperson,
            endpoint=said["endpoint"],
            public=said["keys"]["p256dh"],
            secret=said["keys"]["auth"],
        )
    service.status = 503
    tell(cast.salesperson)
    sending.send_due()
    assert Sending.objects.filter(channel="push", sent_at=None, attempts=1).count() == 2
    Sending.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    service.status = 410
    sending.send_due()
    assert not PushSubscription.objects.exists()
    assert not Sending.objects.filter(channel="push").exists()


@pytest.mark.django_db
def test_a_redirect_is_not_followed(cast: Cast, service: PushService, letterbox: Letterbox) -> None:
    said = json.loads(Browser().subscription(f"{service.address}/one"))
    kept = push.subscribe(
        cast.salesperson,
        endpoint=said["endpoint"],
        public=said["keys"]["p256dh"],
        secret=said["keys"]["auth"],
    )
    service.status = 307
    with pytest.raises(push.Failed):
        push.send(kept, {"title": "Hello", "text": "", "url": "/"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/?fcm.googleapis.com", "https://fcm.googleapis.com:8080/x", "https://[::1]/x",
        "https://user@fcm.googleapis.com/x", "https://notify.windows.com.evil.example/", "file:///etc/passwd",
        "https://fcm.googleapis.com:x/",
    ],
)  # fmt: skip
def test_only_push_services_of_browsers_are_called(cast: Cast, client_of: ClientOf, endpoint: str) -> None:
    sent = {"subscription": Browser().subscription(endpoint)}
    assert client_of(cast.salesperson).post("/notifications/push/", sent).status_code == 422
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_known_services_are_allowed_and_broken_keys_are_not(cast: Cast) -> None:
    for host in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "wns2-by3p.notify.windows.com"):
        assert push.is_allowed(f"https://{host}/fcm/send/abc")
    with pytest.raises(Refused):
        push.subscribe(cast.head, endpoint="https://fcm.googleapis.com/x", public="BAAA", secret="x")


@pytest.mark.django_db
def test_one_pair_of_keys_whose_private_half_is_encrypted(cast: Cast, settings: Any) -> None:
    first = push.public_key()
    assert push.public_key() == first
    kept = PushKey.objects.get()
    assert "PRIVATE" not in kept.private
    settings.SECRET_KEY = "another secret key than before"
    assert push.public_key() != first
    assert PushKey.objects.count() == 1


@pytest.mark.django_db
def test_nobody_removes_anothers_browser(cast: Cast, client_of: ClientOf) -> None:
    said = json.loads(Browser().subscription("https://fcm.googleapis.com/x"))
    kept = push.subscribe(
        cast.salesperson,
        endpoint=said["endpoint"],
        public=said["keys"]["p256dh"],
        secret=said["keys"]["auth"],
    )
    assert client_of(cast.outsider).post("/notifications/push/remove/", {"pk": kept.pk}).status_code == 404
    client_of(cast.outsider).post("/notifications/push/remove/", {"endpoint": kept.endpoint})
    assert PushSubscription.objects.exists()
    client_of(cast.salesperson).post("/notifications/push/remove/", {"pk": kept.pk})
    assert not PushSubscription.objects.exists()


def test_a_token_says_what_was_signed_and_nothing_else(cast: Cast) -> None:
    token = mailing.token_for(cast.salesperson, "morning")
    assert mailing.read_token(token) == (cast.salesperson.pk, "morning")
    assert mailing.read_token(token[:-1]) is None
    assert mailing.read_token("x") is None
