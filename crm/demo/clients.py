"""The demo company's clients: who they are, who works there and how to reach them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from stdnum.iso7064 import mod_11_10
from stdnum.ru import inn, ogrn

from accounts.models import Account, AccountRole, Address, Contact, ContactPoint, TaxNumber
from accounts.models.account import Kind
from accounts.models.tax_number import checked_tax_number
from crm.demo import words
from crm.demo.company import Company
from crm.demo.stage import Stage, in_working_hours
from foundation.search_text import normalised
from users.models import User

PERSONS = 27
OLDEST_DAYS, NEWEST_DAYS = 450, 5


@dataclass
class Client:
    """A client to be: what the story needs to know before the record exists."""

    name: str
    owner: User | None
    is_russian: bool
    is_person: bool
    since: datetime
    country: str = ""
    account: Account | None = None
    contacts: list[Contact] = field(default_factory=list)


def plan_clients(company: Company, stage: Stage, dice: random.Random) -> list[Client]:
    """About 120 clients; the last two belong to the outsider."""
    named = [(name, False, False) for name in words.ENGLISH_COMPANIES]
    named += [(name, True, False) for name in words.RUSSIAN_COMPANIES]
    named += [(_person(dice, place % 2 == 0), place % 2 == 0, True) for place in range(PERSONS)]
    dice.shuffle(named)
    clients = []
    for place, (name, is_russian, is_person) in enumerate(named):
        days = OLDEST_DAYS - (OLDEST_DAYS - NEWEST_DAYS) * place / len(named)
        since = in_working_hours(stage.now - timedelta(days=days), dice.randrange(540))
        since = min(since, stage.now - timedelta(days=NEWEST_DAYS))
        owner = company.cast.outsider if place >= len(named) - 2 else dice.choice(company.sellers)
        client = Client(name, owner, is_russian, is_person, since)
        clients.append(client)
        stage.plan(since, _arrival(client, company, dice))
    return clients


def _arrival(client: Client, company: Company, dice: random.Random) -> Callable[[datetime], Any]:
    """Everything random is drawn now, so that the order of playing does not change it."""
    country, city, streets, prefix, digits = dice.choice(
        words.RUSSIAN_PLACES if client.is_russian else words.ENGLISH_PLACES
    )
    client.country = country
    domain = normalised(client.name).replace(" ", "-") + ".example"
    fields = _fields(client, company, dice, domain)
    street = f"{dice.choice(streets)}, {dice.randrange(1, 90)}"
    tags = dice.sample(company.tags, dice.choice([0, 0, 1, 1, 2]))
    numbers = _tax_numbers(client, dice)
    size = 0 if client.is_person else dice.choice([1, 2, 2, 3])
    people = [_person(dice, client.is_russian) for _each in range(size)]
    positions = dice.sample(
        words.RUSSIAN_POSITIONS if client.is_russian else words.ENGLISH_POSITIONS, len(people)
    )
    phones = [prefix + "".join(dice.choices("23456789", k=digits)) for _each in range(len(people) + 1)]
    telegram = dice.random() < 0.3

    def arrive(at: datetime) -> None:
        by = client.owner
        account = client.account = Account.create(name=client.name, by=by, at=at, **fields)
        Address.objects.create(account=account, country=country, city=city, street=street)
        TaxNumber.objects.bulk_create(
            TaxNumber(account=account, kind=kind, value=checked_tax_number(kind, value))
            for kind, value in numbers
        )
        if tags:
            account.label_with(tags, by=by, at=at)
        ContactPoint.add(account, kind="phone", value=phones[0], by=by, at=at, is_preferred=client.is_person)
        for name, position, phone in zip(people, positions, phones[1:], strict=True):
            contact = Contact.create(account, name=name, position=position, by=by, at=at)
            client.contacts.append(contact)
            email = f"{normalised(name).replace(' ', '.')}@{domain}"
            ContactPoint.add(
                account, contact=contact, kind="email", value=email, by=by, at=at, is_preferred=True
            )
            if contact is client.contacts[0]:
                ContactPoint.add(account, contact=contact, kind="phone", value=phone, by=by, at=at, note=city)
        if telegram and client.contacts:
            handle = "@" + normalised(people[0]).replace(" ", "_")
            ContactPoint.add(
                account, contact=client.contacts[0], kind="messenger", value=handle, by=by, at=at
            )

    return arrive


def _fields(client: Client, company: Company, dice: random.Random, domain: str) -> dict[str, Any]:
    role = dice.choices([AccountRole.LEAD, AccountRole.PARTNER, AccountRole.SUPPLIER], [90, 6, 4])[0]
    fields: dict[str, Any] = {
        "owner": client.owner,
        "roles": [role],
        "source": dice.choice(company.sources),
        "about": dice.choice(words.ABOUT) if dice.random() < 0.3 else "",
        "kind": Kind.PERSON if client.is_person else Kind.ORGANISATION,
    }
    if not client.is_person:
        size = int(10 ** dice.uniform(0.8, 3.6))
        fields |= {
            "industry": dice.choice(company.industries),
            "employees": size,
            "annual_revenue": Decimal(size * dice.randrange(40, 160) * 1000),
            "founded_year": dice.randrange(1961, 2023),
            "website": f"https://www.{domain}",
        }
    return fields


def _tax_numbers(client: Client, dice: random.Random) -> list[tuple[str, str]]:
    """Numbers of nobody, with the check digits the law wants."""
    if client.is_person:
        return []
    if client.is_russian:
        tax = "77" + "".join(dice.choices("0123456789", k=7))
        register = "1027700" + "".join(dice.choices("0123456789", k=5))
        return [
            ("ru_inn", tax + inn.calc_company_check_digit(tax)),
            ("ru_ogrn", register + ogrn.calc_check_digit(register + "0")),
        ]
    if client.country == "Germany":
        vat = "2" + "".join(dice.choices("0123456789", k=7))
        return [("eu_vat", f"DE{vat}{mod_11_10.calc_check_digit(vat)}")]
    if client.country == "United States":
        return [("us_ein", "91" + "".join(dice.choices("0123456789", k=7)))]
    return []


def _person(dice: random.Random, is_russian: bool) -> str:
    if not is_russian:
        return f"{dice.choice(words.ENGLISH_FIRST)} {dice.choice(words.ENGLISH_LAST)}"
    is_woman = dice.random() < 0.5
    first = dice.choice(words.RUSSIAN_WOMEN if is_woman else words.RUSSIAN_MEN)
    return f"{first} {dice.choice(words.RUSSIAN_LAST)}{'а' if is_woman else ''}"
