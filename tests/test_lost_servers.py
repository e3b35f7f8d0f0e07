"""Servers that go away while people work: real ones, started here, stopped here, and back again."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.children import Child
from launch.places import ROOT, Places
from launch.postgres import postgres
from launch.postgres import url as database_url
from launch.valkey import url as redis_url
from launch.valkey import valkey

SETTINGS = {"DJANGO_SETTINGS_MODULE": "crm.settings", "CRM_MODE": "demo", "LOG_LEVEL": "ERROR"}
MOVE = """
import django; django.setup()
from django.utils import timezone
from deals.testing import make_deal
from foundation.models import Delivery
from users.models import User
deal = make_deal(owner=None)
deal.move(deal.pipeline.stages.all()[1], by=User.objects.robot(), at=timezone.now())
print(deal.pk, Delivery.objects.filter(done_at=None).count())
"""
HALF = """
import django; django.setup()
from django.db import connection
from django.utils import timezone
from deals.models import Deal, StageEvent
from foundation.models import Event
from users.models import User
import os, signal
before = Event.objects.count(), StageEvent.objects.count()
print(*before, flush=True)
from django.db import transaction
deal = Deal.objects.first()
try:
    with transaction.atomic():
        deal.move(deal.pipeline.stages.all()[2], by=User.objects.robot(), at=timezone.now())
        os.kill(int(os.environ["POSTGRES_PID"]), signal.SIGINT)
        import time; time.sleep(0.5)
        Event.objects.count()
except Exception as lost:
    print(type(lost).__name__)
"""
COUNT = """
import django; django.setup()
from deals.models import StageEvent
from foundation.drain import drain
from foundation.models import Delivery, Event
print(Event.objects.count(), StageEvent.objects.count(), drain(), Delivery.objects.filter(done_at=None).count())
"""


class House:
    """The product with servers of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(ROOT, folder)
        self.places.make()
        self.database = postgres(self.places, os.environ, throwaway=True)
        self.bell = valkey(self.places, os.environ)
        self.port = free_port()
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **SETTINGS,
            "CRM_DATA_DIR": str(folder),
            "DATABASE_URL": database_url(self.places),
            "REDIS_URL": redis_url(self.places),
            "PYTHONPATH": str(ROOT),
        }
        self.web: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        for server in (self.database, self.bell):
            start(server)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=self.environment, check=True
        )
        serve = ["-m", "gunicorn", "-w1", f"-b127.0.0.1:{self.port}", "--log-level=critical", "crm.wsgi"]
        self.web = subprocess.Popen([sys.executable, *serve], cwd=ROOT, env=self.environment)
        wait_until(lambda: self.get("/healthz/")[0] == 200)

    def close(self) -> None:
        if self.web:
            self.web.terminate()
            self.web.wait(10)
        for server in (self.bell, self.database):
            server.stop(hurry=True)

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        """Status, page and headers, for a browser that has some session, so that every page asks the database."""
        headers = {"Cookie": f"sessionid={'0' * 32}"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=15) as answer:  # noqa: S310
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(), dict(refused.headers)
        except OSError:
            return 0, "", {}

    def run(self, code: str, **more: str) -> list[str]:
        asked = [sys.executable, "-c", code]
        done = subprocess.run(
            asked,
            cwd=ROOT,
            env=self.environment | more,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.split()


def start(server: Child) -> None:
    server.start()
    wait_until(lambda: server.is_ready(server))


def wait_until(answered: object) -> None:
    deadline = time.monotonic() + 60
    while not answered():  # type: ignore[operator]
        assert time.monotonic() < deadline, "It never came back."
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="romashka-lost-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        built = House(Path(folder) / "data")
        try:
            built.open()
            yield built
        finally:
            built.close()


def test_without_redis_deals_move_and_the_reactions_are_done_later(house: House) -> None:
    house.bell.stop()
    status, _page, _headers = house.get("/account/login/")
    assert status == 200
    _deal, waiting = house.run(MOVE)
    assert int(waiting) > 0, "nobody could be woken, the rows wait"
    start(house.bell)
    _events, _moves, done, left = map(int, house.run(COUNT))
    assert (done, left) == (int(waiting), 0)


def test_without_its_database_the_page_says_so_and_then_comes_back_by_itself(house: House) -> None:
    assert house.web
    assert house.get("/account/login/")[0] == 200
    house.database.process.send_signal(signal.SIGINT)  # type: ignore[union-attr]
    house.database.process.wait(20)  # type: ignore[union-attr]
    for path in ("/healthz/", "/search/", "/"):
        status, page, headers = house.get(path)
        assert status == 503, path
        assert "Your work is safe" in page
        assert headers["Retry-After"] == "5"
    start(house.database)
    assert house.get("/healthz/")[0] == 200, "the same web process, and a new connection"
    assert house.web.poll() is None


def test_a_change_cut_in_half_leaves_nothing(house: House) -> None:
    before = house.run(HALF, POSTGRES_PID=str(house.database.pid))
    assert before[2] in {"OperationalError", "InterfaceError"}
    house.database.process.wait(20)  # type: ignore[union-attr]
    start(house.database)
    assert house.run(COUNT)[:2] == before[:2]
