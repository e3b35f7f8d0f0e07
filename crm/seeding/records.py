"""Calls and notes with the seeded clients, so that cards, timelines and the register are measured as they are used."""

import random

from activities.models import Call, Note
from crm.seeding.calendar import OPENS, WorkingDays
from crm.seeding.clients import SeededClients
from crm.seeding.events import Told
from crm.seeding.feed import Feed

LOADED = (Call, Note)
CALL_EVERY, NOTE_EVERY, PINNED_EVERY = 1, 2, 8
CALL = ["id", "author_id", "team_ids", "at", "account_id", "direction", "result", "duration", "note"]
NOTE = ["id", "author_id", "team_ids", "at", "account_id", "text", "is_pinned"]
RESULTS = ("reached", "reached", "reached", "no_answer", "busy", "call_back")
WORDS = (
    "Wants a price for the whole floor.", "Decides with the office manager.", "Deliveries on Tuesday mornings, please.",
    "Compares us with two others.", "Budget is agreed, waits for the contract.", "No lilies, somebody is allergic.",
)  # fmt: skip


def calls_of(clients: int) -> int:
    return -(-clients // CALL_EVERY)


def notes_of(clients: int) -> int:
    return -(-clients // NOTE_EVERY)


def copy_records(
    feed: Feed,
    clients: SeededClients,
    days: WorkingDays,
    told: Told,
    first: tuple[int, int],
    dice: random.Random,
) -> None:
    """A call with every client and a note on every second; `first` are the first free keys of both."""
    calls, notes = feed.table(Call, CALL), feed.table(Note, NOTE)
    roll = dice.random
    for place in range(0, len(clients.names), CALL_EVERY):
        owner, key, account = clients.owners[place][0], first[0] + place // CALL_EVERY, clients.key(place)
        at = _moment(clients, days, place, roll())
        result, words = RESULTS[int(roll() * len(RESULTS))], WORDS[int(roll() * len(WORDS))]
        minutes = str(1 + int(roll() * 20)) if result == "reached" else r"\N"
        said = words if result == "reached" else ""
        calls.add(f"{key}\t{owner}\t{{{owner}}}\t{at}\t{account}\tout\t{result}\t{minutes}\t{said}")
        if told.tells_of(place):
            payload = {"call_id": key, "account_id": account, "direction": "out", "result": result}
            told.record("call.logged", at, owner, payload, [("call", key), ("account", account)])
        if place % NOTE_EVERY == 0:
            key = first[1] + place // NOTE_EVERY
            at = _moment(clients, days, place, roll())
            pinned = "t" if place % PINNED_EVERY == 0 else "f"
            text = WORDS[int(roll() * len(WORDS))]
            notes.add(f"{key}\t{owner}\t{{{owner}}}\t{at}\t{account}\t{text}\t{pinned}")
            if told.tells_of(place):
                payload = {"note_id": key, "account_id": account}
                told.record("note.added", at, owner, payload, [("note", key), ("account", account)])


def _moment(clients: SeededClients, days: WorkingDays, place: int, luck: float) -> str:
    since, last = clients.since[place], max(clients.last[place], clients.since[place])
    return days.moment(since + int(luck * (last - since + 1)), OPENS + int(luck * 480))
