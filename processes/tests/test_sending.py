"""Mails and webhooks leave through real servers, once, under a key, and never to an address inside."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db.models.functions import Now
from django.utils import timezone

from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations
from processes.models import Incident, OutMessage
from processes.sending import draining
from processes.sending.webhooks import checked, signature
from processes.testing import block, make_process
from users.testing import Cast


class Letters:
    """Keeps what comes; refuses the first so many."""

    def __init__(self) -> None:
        self.came: list[Any] = []
        self.refusals = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.refusals:
            self.refusals -= 1
            return "451 Come again later"
        self.came.append(envelope)
        return "250 Taken"


@pytest.fixture
def letters(settings: Any) -> Iterator[Letters]:
    taken = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(taken, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield taken
    controller.stop()


@pytest.fixture
def hooks(settings: Any) -> Iterator[Any]:
    """A server outside, which for once is inside: (address, what came, statuses to answer with)."""
    came: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if answers else 204)
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WEBHOOKS_INSIDE = True
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1", came, answers
    server.shutdown()
    server.server_close()


def begin(cast: Cast, action: str, **arguments: Any) -> Any:
    deal = make_deal("Roses", owner=cast.salesperson)
    process = make_process([block("action", "Send", action=action, arguments=arguments)])
    return operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())


def test_a_mail_leaves_once_under_its_own_message_id(cast: Cast, letters: Letters) -> None:
    begin(
        cast, "mail", to="client@example.com", title="About {deal.title}", text="Thank you for {deal.title}."
    )
    assert (draining.drain(), draining.drain()) == (1, 0)
    message = OutMessage.objects.get()
    said = letters.came[0].content.decode()
    assert letters.came[0].rcpt_tos == ["client@example.com"]
    assert f"Message-ID: <{message.key}@" in said
    assert "Subject: About Roses" in said
    assert "Thank you for Roses." in said
    assert message.state == "sent"


def test_a_server_that_refuses_for_now_is_asked_again_later(cast: Cast, letters: Letters) -> None:
    letters.refusals = 1
    begin(cast, "mail", to="client@example.com", title="A", text="B")
    assert draining.drain() == 0
    message = OutMessage.objects.get()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert "451" in message.error
    OutMessage.objects.update(due_at=Now())
    assert draining.drain() == 1


def test_a_mail_to_no_address_is_told_and_not_tried(cast: Cast, letters: Letters) -> None:
    begin(cast, "mail", to="nobody", title="A", text="B")
    draining.drain()
    message = OutMessage.objects.get()
    assert (message.state, message.error) == ("failed", "“nobody” is no e-mail address.")


def test_what_a_dead_worker_was_sending_is_unknown_until_somebody_decides(
    cast: Cast, letters: Letters
) -> None:
    begin(cast, "mail", to="client@example.com", title="A", text="B")
    OutMessage.objects.update(state="sending", due_at=Now(), attempts=1)
    assert draining.drain() == 0
    message = OutMessage.objects.get()
    assert (message.state, letters.came) == ("unknown", [])
    draining.send_again(message)
    assert draining.drain() == 1
    with pytest.raises(Refused, match="no sending again"):
        draining.send_again(message)


def test_a_webhook_is_signed_and_keeps_its_key_when_it_is_sent_again(cast: Cast, hooks: Any) -> None:
    address, came, answers = hooks
    answers.append(500)
    begin(cast, "webhook", url=address)
    assert draining.drain() == 0
    OutMessage.objects.update(due_at=Now())
    assert draining.drain() == 1
    (first, _body), (second, body) = came
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == str(OutMessage.objects.get().key)
    assert second["X-Romashka-Signature"] == signature(body)
    said = json.loads(body)
    assert (said["process"], said["subject"]["title"]) == ("Approval", "Roses")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.8", "169.254.169.254", "[::1]", "192.168.1.1"]
)
def test_addresses_inside_the_house_are_refused(cast: Cast, settings: Any, host: str) -> None:
    settings.WEBHOOKS_INSIDE = False
    begin(cast, "webhook", url=f"http://{host}:9/")
    draining.drain()
    message = OutMessage.objects.get()
    assert message.state == "failed"
    assert "inside the house" in message.error


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x", "https://", "http://a:b@example.com/", "x"]
)
def test_what_is_no_address_of_the_web_is_an_incident(cast: Cast, url: str) -> None:
    run = begin(cast, "webhook", url=url)
    with pytest.raises(Refused):
        checked(url)
    assert "no address" in Incident.objects.get(run=run).cause
    assert not OutMessage.objects.exists()


def test_a_delayed_mail_can_be_taken_back_until_it_leaves(cast: Cast, letters: Letters) -> None:
    begin(cast, "mail", to="client@example.com", title="A", text="B", delay=10)
    assert draining.drain() == 0
    draining.take_back(OutMessage.objects.get())
    assert not OutMessage.objects.exists()
