"""An event log examined on a page."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
TABLE = "case,activity,time\n" + "".join(
    f"{case},{activity},2026-03-0{day}T10:00:00+00:00\n"
    for case in range(3)
    for activity, day in (("Ask", 1), ("Answer", 2), ("Close", 5))
)


def sent(client: Client, content: bytes) -> tuple[int, str]:
    answer = client.post(reverse("processes:log"), {"file": SimpleUploadedFile("log.csv", content)})
    return answer.status_code, answer.content.decode()


def test_a_log_is_examined_and_nothing_of_it_is_kept(cast: Cast, client_of: ClientOf) -> None:
    status, page = sent(client_of(cast.head), TABLE.encode())
    assert status == 200
    for word in ("Ask", "Answer", "Close"):
        assert word in page
    assert "3 d" in page


def test_what_is_no_log_is_refused_in_a_sentence(cast: Cast, client_of: ClientOf) -> None:
    head = client_of(cast.head)
    for content in (b"   ", b"<html></html>", b'<!DOCTYPE x [<!ENTITY a "a">]><log/>', b"\x00\x01"):
        assert sent(head, content)[0] == 422
    assert "The file is empty." in sent(head, b"   ")[1]
    assert "larger than 5 MB" in sent(head, b"x" * (5 * 1024 * 1024 + 1))[1]
    assert head.post(reverse("processes:log")).status_code == 422


def test_only_who_draws_processes_examines_logs(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.salesperson).get(reverse("processes:log")).status_code == 403
    assert client_of(cast.head).get(reverse("processes:log")).status_code == 200
