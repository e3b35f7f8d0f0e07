"""Lines for clients, the people there and the ways to reach them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from accounts.models import Account, Contact, ContactPoint
from accounts.models.account import AccountRole, Kind
from crm.demo import words
from crm.seeding.calendar import OPENS, WorkingDays
from crm.seeding.feed import Feed
from crm.seeding.people import Team
from foundation.search_text import normalised, sort_key

CONTACTS_PER_CLIENT = 3
HELPED_EVERY = 10
PERSON_EVERY = 8
ACCOUNT = [
    "id", "kind", "name", "roles", "industry_id", "employees", "website", "owner_id", "source_id", "team_ids",
    "sort_key", "search_text", "created_at", "last_event_at",
]  # fmt: skip
CONTACT = ["id", "account_id", "name", "position", "sort_key", "search_text", "created_at"]
POINT = ["account_id", "contact_id", "kind", "value"]


class Choices(Protocol):
    industries: list[int]
    sources: list[int]


@dataclass(frozen=True)
class SeededClients:
    """Clients by place, 0 and up; the key of each is `first_key` more. `owners` are its people, the owner first."""

    first_key: int
    first_contact: int
    names: list[str]
    search_texts: list[str]
    owners: list[list[int]]
    since: list[int]
    last: list[int]

    def key(self, place: int) -> int:
        return self.first_key + place


def draw_clients(
    count: int, few: int, keys: tuple[int, int], teams: Sequence[Team], days: WorkingDays, dice: random.Random
) -> SeededClients:
    """Names, owners and days; the first `few` belong to one salesperson who has about 500 deals."""
    sellers = [seller for team in teams for seller in team.sellers]
    names = [_client_name(keys[0] + place) for place in range(count)]
    owners = []
    for place in range(count):
        owner = sellers[0] if place < few else dice.choice(sellers[1:])
        owners.append(
            [owner, dice.choice(sellers[1:])] if place % HELPED_EVERY == 3 and place >= few else [owner]
        )
    since = sorted(int(days.count * 0.9 * dice.random()) for _place in range(count))
    dice.shuffle(since)
    return SeededClients(
        keys[0], keys[1], names, [normalised(name) for name in names], owners, since, list(since)
    )


def copy_clients(
    feed: Feed, clients: SeededClients, days: WorkingDays, choices: Choices, dice: random.Random
) -> None:
    """Accounts after their deals are drawn, so that the last activity is known."""
    table = feed.table(Account, ACCOUNT)
    for place, name in enumerate(clients.names):
        is_person = place % PERSON_EVERY == 5
        key, found = clients.key(place), clients.search_texts[place]
        role = AccountRole.CLIENT if dice.random() < 0.7 else AccountRole.LEAD
        team = ",".join(map(str, sorted({*clients.owners[place]})))
        website = "" if is_person else f"https://client{key}.example"
        table.add(
            f"{key}\t{Kind.PERSON if is_person else Kind.ORGANISATION}\t{name}\t{{{role}}}\t"
            f"{dice.choice(choices.industries)}\t{int(10 ** (0.8 + 3 * dice.random()))}\t{website}\t"
            f"{clients.owners[place][0]}\t{dice.choice(choices.sources)}\t{{{team}}}\t{sort_key(name)}\t"
            f"{found}{'' if is_person else f' https client{key} example'}\t"
            f"{days.moment(clients.since[place], OPENS)}\t{days.moment(clients.last[place], OPENS + 480)}"
        )


def copy_contacts(feed: Feed, clients: SeededClients, days: WorkingDays, dice: random.Random) -> None:
    people, points = feed.table(Contact, CONTACT), feed.table(ContactPoint, POINT)
    key = clients.first_contact
    for place in range(len(clients.names)):
        account, since = clients.key(place), days.moment(clients.since[place], OPENS)
        for _person in range(CONTACTS_PER_CLIENT):
            name, order, found = _person_name(int(dice.random() * 400), place % 2 == 0)
            position = dice.choice(words.ENGLISH_POSITIONS)
            people.add(f"{key}\t{account}\t{name}\t{position}\t{order}\t{found} {_plain(position)}\t{since}")
            points.add(f"{account}\t{key}\temail\t{found.replace(' ', '.')}.{key}@client{account}.example")
            points.add(f"{account}\t{key}\tphone\t+7495{key % 10_000_000:07d}")
            key += 1


def _client_name(key: int) -> str:
    stock = words.ENGLISH_COMPANIES if key % 2 else words.RUSSIAN_COMPANIES
    cities = words.ENGLISH_PLACES if key % 2 else words.RUSSIAN_PLACES
    name, city = stock[key * 7 % len(stock)], cities[key // 13 % len(cities)][1]
    return f"{name} {city} {key}"


@cache
def _person_name(number: int, is_russian: bool) -> tuple[str, str, str]:
    """(name, sort key, search text)."""
    first = words.RUSSIAN_MEN if is_russian else words.ENGLISH_FIRST
    last = words.RUSSIAN_LAST if is_russian else words.ENGLISH_LAST
    name = f"{first[number % len(first)]} {last[number // len(first) % len(last)]}"
    return name, sort_key(name), normalised(name)


@cache
def _plain(text: str) -> str:
    return normalised(text)
