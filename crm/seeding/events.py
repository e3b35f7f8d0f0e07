"""Events of a part of the clients, told as the verbs tell them: their cards and their deals have whole timelines."""

import json
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Industry, Source
from crm.seeding.calendar import OPENS, WorkingDays
from crm.seeding.clients import SeededClients
from crm.seeding.feed import Feed
from deals.models import LossReason, Stage
from foundation.copying import SPECIAL
from foundation.models import Event, EventSubject
from users.models import User

EVENT = ["id", "name", "at", "recorded_at", "actor_id", "actor_name", "payload"]
SUBJECT = ["kind", "subject_id", "at", "event_id"]
TOLD_EVERY = 10
MOVES = {"open": "deal.moved", "won": "deal.won", "lost": "deal.lost"}


class Told:
    """Writes events and subjects of every tenth client; `next_key` counts on from the first free key."""

    def __init__(
        self, feed: Feed, clients: SeededClients, days: WorkingDays, first_key: int, now: datetime
    ) -> None:
        self.events, self.subjects = feed.table(Event, EVENT), feed.table(EventSubject, SUBJECT)
        self.clients, self.days, self.next_key, self.now = clients, days, first_key, now.isoformat()
        self.people = dict(User.objects.values_list("pk", "name"))
        self.stages = dict(Stage.objects.values_list("pk", "name"))
        reasons = list(LossReason.objects.order_by("pk").values_list("pk", "name"))
        self.reasons = [str(key) for key, _name in reasons]
        self.reason_names = {str(key): name for key, name in reasons}
        self.sources = list(Source.objects.order_by("pk").values_list("pk", flat=True))
        self.industries = list(Industry.objects.order_by("pk").values_list("pk", flat=True))
        today = now.date()
        self.around_today = [(today + timedelta(days=step)).isoformat() for step in range(-12, 15)]

    def tells_of(self, client: int) -> bool:
        return client % TOLD_EVERY == 0

    def client(self, place: int) -> None:
        key, owner = self.clients.key(place), self.clients.owners[place][0]
        payload = {"account_id": key, "name": self.clients.names[place]}
        at = self.days.moment(self.clients.since[place], OPENS)
        self._tell("account.created", at, owner, payload, [("account", key)])

    def deal(
        self, key: int, client: int, owner: int, title: str, amount: str, currency: str, worth: str, reason: str,
        steps: list[Any],
    ) -> None:  # fmt: skip
        account = self.clients.key(client)
        subjects = [("deal", key), ("account", account)]
        before, before_state = None, ""
        for day, minute, stage, state in steps:
            payload: dict[str, Any] = {"deal_id": key, "account_id": account, "title": title}
            name = "deal.reopened" if before_state not in ("", "open") else MOVES[state]
            if before is None:
                name = "deal.created"
                payload |= {"stage": self.stages[stage], "amount": amount, "currency": currency}
            else:
                payload |= {"from_stage_id": before, "from_stage": self.stages[before]}
                payload |= {"to_stage_id": stage, "to_stage": self.stages[stage]}
            if name == "deal.won":
                payload |= {"amount": amount, "currency": currency, "base_amount": worth}
            elif name == "deal.lost":
                payload |= {"reason": self.reason_names.get(reason, ""), "note": ""}
            self._tell(name, self.days.moment(day, minute), owner, payload, subjects)
            before, before_state = stage, state

    def record(
        self, name: str, at: str, actor: int, payload: dict[str, Any], subjects: list[tuple[str, int]]
    ) -> None:
        """Something written down about a client."""
        self._tell(name, at, actor, payload, subjects)

    def _tell(
        self, name: str, at: str, actor: int, payload: dict[str, Any], subjects: list[tuple[str, int]]
    ) -> None:
        key = self.next_key
        self.next_key += 1
        written = json.dumps(payload, ensure_ascii=False).translate(SPECIAL)
        self.events.add(f"{key}\t{name}\t{at}\t{self.now}\t{actor}\t{self.people[actor]}\t{written}")
        for kind, subject in subjects:
            self.subjects.add(f"{kind}\t{subject}\t{at}\t{key}")
