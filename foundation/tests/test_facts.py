"""Facts are told once, in the transaction of what happened, and reach who asked to be told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from foundation import facts, wiring
from foundation.errors import Refused
from foundation.facts import MAX_DEPTH, Fact, fact, from_payload, tell, to_payload
from foundation.models import Delivery, Event, EventSubject
from foundation.timeline import page
from users.models import User


@fact("probe.rang", label="Bell rang", icon="bell")
class BellRang(Fact):
    bell_id: int
    name: str = ""
    worth: Decimal | str | None = None
    on: date | str | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("bell", self.bell_id), ("bell", self.bell_id), ("tower", None)]


del facts._facts["probe.rang"]
HEARD: list[int] = []


def hear_now(event: Event) -> None:
    HEARD.append(event.pk)


def hear_later(event: Event) -> None:
    HEARD.append(-event.pk)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    HEARD.clear()
    reaction = wiring.on(BellRang, now=[hear_now], later=[hear_later])
    monkeypatch.setattr(wiring, "_wiring", lambda: {BellRang: reaction})


@pytest.fixture(scope="module", autouse=True)
def _only_here() -> Iterator[None]:
    """The bell is known to the catalogue while these tests run, and not to the house tests."""
    facts._facts["probe.rang"] = BellRang
    yield
    del facts._facts["probe.rang"]


@pytest.mark.django_db
def test_a_fact_writes_one_event_its_subjects_and_a_delivery_per_later_reaction(wired: None) -> None:
    robot = User.objects.robot()
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    event = tell(BellRang(bell_id=7, name="Big"), by=robot, at=at)
    assert (event.name, event.actor_id, event.actor_name, event.at) == ("probe.rang", robot.pk, "Robot", at)
    assert list(EventSubject.objects.values_list("kind", "subject_id", "event_id")) == [("bell", 7, event.pk)]
    delivery = Delivery.objects.get()
    assert delivery.event_id == event.pk
    assert delivery.handler.endswith("test_facts.hear_later")
    assert [event.pk] == HEARD


@pytest.mark.django_db(transaction=True)
def test_a_fact_told_outside_a_transaction_is_a_mistake_of_the_programmer(wired: None) -> None:
    with pytest.raises(RuntimeError, match=r"probe\.rang was told outside a transaction"):
        tell(BellRang(bell_id=1), by=User(pk=1, name="A"), at=timezone.now())
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_when_the_change_is_rolled_back_the_fact_was_never_told(wired: None) -> None:
    def ring_and_refuse() -> None:
        tell(BellRang(bell_id=1), by=User.objects.robot(), at=timezone.now())
        raise Refused("No.")

    with pytest.raises(Refused), transaction.atomic():
        ring_and_refuse()
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_chain_of_causes_is_refused_beyond_eight_steps(wired: None) -> None:
    robot, at = User.objects.robot(), timezone.now()
    event = tell(BellRang(bell_id=1), by=robot, at=at)
    for step in range(1, MAX_DEPTH + 1):
        event = tell(BellRang(bell_id=1), by=robot, at=at, cause=event)
        assert event.depth == step
    with pytest.raises(Refused, match="chain of more than 8"):
        tell(BellRang(bell_id=1), by=robot, at=at, cause=event)


def test_payloads_survive_the_journey_through_json() -> None:
    told = BellRang(bell_id=3, name="x", worth=Decimal("10.50"), on=date(2026, 1, 2))
    payload = to_payload(told)
    assert payload == {"bell_id": 3, "name": "x", "worth": "10.50", "on": "2026-01-02"}
    again = from_payload("probe.rang", payload | {"a field of tomorrow": 1})
    assert isinstance(again, BellRang)
    assert again.worth == "10.50"
    assert from_payload("fact.nobody_knows", payload) is None


@pytest.mark.django_db
def test_the_timeline_pages_backwards_through_events_of_the_same_moment(wired: None) -> None:
    robot, at = User.objects.robot(), timezone.now()
    told = [tell(BellRang(bell_id=5), by=robot, at=at).pk for _ring in range(7)]
    tell(BellRang(bell_id=6), by=robot, at=at)
    seen: list[int] = []
    before = None
    while True:
        here = page("bell", 5, before=before, limit=3)
        seen += [entry.pk for entry in here.entries]
        before = here.older
        if before is None:
            break
    assert seen == list(reversed(told))


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["", "x", "2026|", "|1", "2026-01-01|1|2", "\x00"])
def test_a_forged_timeline_cursor_gives_the_first_page(wired: None, cursor: str) -> None:
    tell(BellRang(bell_id=5), by=User.objects.robot(), at=timezone.now())
    assert len(page("bell", 5, before=cursor).entries) == 1
