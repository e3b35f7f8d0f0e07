"""What the page of a merge shows: the records side by side, what moves, what the survivor will say."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.clients.queries import day_text
from accounts.merging.beside import usual_addresses
from accounts.merging.fields import (
    ALL,
    best_first,
    can_join,
    chosen_key,
    custom_fields,
    is_filled,
    label_of,
    plain_fields,
    resolved,
    usual,
    value_of,
)
from accounts.merging.movers import movers_of
from accounts.merging.verb import FEWEST, MODELS, MOST
from accounts.models import Account, AccountRole, Address, Contact, ContactPoint, Tag, TaxNumber
from accounts.phones import shown
from accounts.restoring import custom_words
from foundation.errors import Forbidden
from foundation.money import money_text

MOST_COUNTED = 1_000
PREFIX = "field-"


@dataclass(frozen=True)
class Cell:
    key: str
    text: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Row:
    """A field side by side; without cells to choose from `text` is what all of them come to."""

    name: str
    label: str
    cells: list[Cell]
    is_choice: bool = True
    text: str = ""  # what the survivor will say

    @property
    def has_all(self) -> bool:
        return any(cell.key == ALL for cell in self.cells)


@dataclass
class Draft:
    """A merge being prepared: which records, which of them stays, what was chosen."""

    kind: str
    records: list[Any]
    survivor: Any
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return FEWEST <= len(self.records) <= MOST

    @property
    def others(self) -> list[Any]:
        return [each for each in self.records if each.pk != self.survivor.pk]


def draft(kind: str, person: Any, keys: Sequence[str], sent: Mapping[str, str]) -> Draft:
    """404 unless the person sees them all, 403 unless they may change them all."""
    wanted = [int(key) for key in dict.fromkeys(keys) if key.isascii() and key.isdigit() and len(key) < 19]
    if not wanted:
        raise Http404
    model = MODELS[kind]
    related = [each.name for each in plain_fields(model) if each.is_relation]
    beside = ["account"] if kind == "contact" else []
    seen = model.objects.visible_to(person).filter(pk__in=wanted[: MOST + 1])
    records = list(seen.select_related(*related, *beside).order_by("pk"))
    if len(records) != len(wanted[: MOST + 1]):
        raise Http404
    for each in records:
        if not person.reaches(each if kind == "account" else each.account, "accounts.change"):
            raise Forbidden("accounts.change")
    by_key = {str(each.pk): each for each in records}
    survivor = by_key.get(sent.get("survivor", "")) or best_first(records)[0]
    choices = {
        name.removeprefix(PREFIX): value[:20] for name, value in sent.items() if name.startswith(PREFIX)
    }
    return Draft(kind, records, survivor, choices)


def side_by_side(asked: Draft, person: Any) -> list[Row]:
    """Fields that differ with a choice each, then what is joined; those that are alike are left out."""
    model, records = MODELS[asked.kind], asked.records
    rows = [
        _choice(each.name, label_of(model, each.name), asked, _texts(each, records, person))
        for each in plain_fields(model)
    ]
    for each in custom_fields(model.custom_record, records):
        texts = _custom_texts(each, records, person)
        if each.kind == "choices":
            rows.append(_joined(f"custom.{each.key}", each.label, records, texts, asked))
        else:
            rows.append(_choice(f"custom.{each.key}", each.label, asked, texts))
    rows = [row for row in rows if not row.is_choice or len({cell.text for cell in row.cells}) > 1]
    if asked.kind == "account":
        rows.insert(1, _addresses(asked))
    return [row for row in [*rows, *_beside(asked)] if any(cell.text for cell in row.cells)]


def counts(asked: Draft) -> list[tuple[str, list[int]]]:
    """(words, how many rows of each record) of what will move, each counted to a thousand; one statement."""
    keys, parts, values = [each.pk for each in asked.records], [], []
    movers = [each for each in movers_of(asked.kind) if each.words]
    for place, mover in enumerate(movers):
        for key in keys:
            rows = mover.of([key]).order_by().values("pk")[: MOST_COUNTED + 1]
            sql, params = rows.query.sql_with_params()
            parts.append(f"SELECT %s, %s::bigint, count(*) FROM ({sql}) AS counted")  # noqa: S608
            values += [place, key, *params]
    parts.append(
        "SELECT %s, asked.id, (SELECT count(*) FROM (SELECT FROM foundation_eventsubject WHERE kind = %s"
        " AND subject_id = asked.id LIMIT %s) AS counted) FROM unnest(%s::bigint[]) AS asked (id)"
    )
    values += [len(movers), asked.kind, MOST_COUNTED + 1, keys]
    found: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for place, key, number in cursor.fetchall():
            found[place, key] = number
    words = [*(str(each.words) for each in movers), _("Events of the timeline")]
    rows_of = [(said, [found.get((place, key), 0) for key in keys]) for place, said in enumerate(words)]
    return [(said, numbers) for said, numbers in rows_of if any(numbers)]


def columns(asked: Draft, today: date) -> list[dict[str, Any]]:
    """The heads of the columns: who it is, whose, since when, how many rows move."""
    return [
        {
            "pk": each.pk,
            "name": each.name,
            "url": _account(each).get_absolute_url(),
            "is_survivor": each.pk == asked.survivor.pk,
            "about": _about(each),
            "since": day_text(each.created_at, today),
            "last": _last(_account(each), today),
        }
        for each in asked.records
    ]


def final(asked: Draft, person: Any) -> list[tuple[str, str]]:
    """(label, value) of the survivor as it will be."""
    model = MODELS[asked.kind]
    wanted = resolved(asked.survivor, asked.records, asked.choices)
    rows = []
    for each in plain_fields(model):
        source = _source(asked, each, wanted)
        rows.append((label_of(model, each.name), _text(source, each, person)))
    said = [
        (row.label, row.text) for row in side_by_side(asked, person) if row.name.partition(".")[0] in BESIDE
    ]
    return [(capfirst(label), text) for label, text in [*rows, *said] if text]


BESIDE = {"custom", "addresses", "roles", "tags", "points", "tax_numbers"}


def fingerprint(rows: Sequence[Row], moving: Sequence[tuple[str, list[int]]]) -> str:
    """Of what was seen: another one means that somebody changed something since."""
    seen = [(row.name, [(cell.key, cell.text) for cell in row.cells]) for row in rows]
    return hashlib.sha256(repr((seen, list(moving))).encode()).hexdigest()[:32]


def _choice(name: str, label: str, asked: Draft, texts: dict[int, str]) -> Row:
    chosen = chosen_key(name, asked.survivor, asked.records, asked.choices)
    cells = [Cell(str(each.pk), texts[each.pk], str(each.pk) == chosen) for each in asked.records]
    filled = [each for each in asked.records if is_filled(value_of(each, name))]
    if len(filled) > 1 and can_join(MODELS[asked.kind], name):
        cells.append(Cell(ALL, _("all, one below another"), chosen == ALL))
    text = next((cell.text for cell in cells if cell.is_chosen), "")
    return Row(name, capfirst(label), cells, True, text)


def _joined(name: str, label: str, records: Sequence[Any], texts: dict[int, str], asked: Draft) -> Row:
    cells = [Cell(str(each.pk), texts.get(each.pk, "")) for each in records]
    ordered = [asked.survivor, *asked.others]
    parts = [part for each in ordered for part in texts.get(each.pk, "").split(", ") if part]
    return Row(name, capfirst(label), cells, False, ", ".join(dict.fromkeys(parts)))


def _addresses(asked: Draft) -> Row:
    of: dict[int, list[Any]] = {each.pk: [] for each in asked.records}
    for address in Address.objects.filter(account__in=of).order_by("pk"):
        of[address.account_id].append(address)
    chosen = asked.choices.get("addresses", "")
    if chosen not in {ALL, *map(str, of)}:
        chosen = usual_addresses(asked.survivor, of)
    texts = {key: "; ".join(str(each) for each in rows) for key, rows in of.items()}
    cells = [Cell(str(key), text, str(key) == chosen) for key, text in texts.items()]
    if sum(bool(text) for text in texts.values()) > 1:
        cells.append(Cell(ALL, _("all of them"), chosen == ALL))
    every = "; ".join(dict.fromkeys(text for text in texts.values() if text))
    text = every if chosen == ALL else texts[int(chosen)]
    return Row("addresses", capfirst(_("addresses")), cells, len(set(texts.values())) > 1, text)


def _beside(asked: Draft) -> list[Row]:
    keys = [each.pk for each in asked.records]
    rows = []
    if asked.kind == "account":
        roles = {
            each.pk: ", ".join(str(AccountRole(role).label) for role in each.roles) for each in asked.records
        }
        tags = _grouped(Tag.objects.filter(account__in=keys).order_by("name").values_list("account", "name"))
        numbers = _grouped(TaxNumber.objects.filter(account__in=keys).values_list("account_id", "value"))
        points = ContactPoint.objects.filter(account__in=keys, contact=None).values_list(
            "account_id", "kind", "value"
        )
        rows = [
            replace(_joined("roles", _("roles"), asked.records, roles, asked), text=_roles(asked)),
            _joined("tags", _("tags"), asked.records, tags, asked),
            _joined("tax_numbers", _("tax numbers"), asked.records, numbers, asked),
        ]
    else:
        points = ContactPoint.objects.filter(contact__in=keys).values_list("contact_id", "kind", "value")
    said = _grouped((key, shown(value) if kind == "phone" else value) for key, kind, value in points)
    return [_joined("points", _("phones and e-mails"), asked.records, said, asked), *rows]


def _roles(asked: Draft) -> str:
    wanted = resolved(asked.survivor, asked.records, asked.choices)["roles"]
    return ", ".join(str(AccountRole(role).label) for role in wanted)


def _grouped(pairs: Any) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for key, text in pairs:
        found.setdefault(key, []).append(str(text))
    return {key: ", ".join(dict.fromkeys(texts)) for key, texts in found.items()}


def _texts(each: Any, records: Sequence[Any], person: Any) -> dict[int, str]:
    return {record.pk: _text(record, each, person) for record in records}


def _custom_texts(each: Any, records: Sequence[Any], person: Any) -> dict[int, str]:
    filled = [record for record in records if each.key in record.custom]
    values = [record.custom[each.key] for record in filled]
    words = custom_words(each.record, f"custom.{each.key}", values, person) or []
    said = {record.pk: text for record, text in zip(filled, words, strict=True)}
    return {record.pk: said.get(record.pk, "") for record in records}


def _text(record: Any, each: Any, person: Any) -> str:
    value = getattr(record, each.attname)
    if not is_filled(value):
        return ""
    if each.name == "parent":
        return str(record.parent) if person.reaches(record.parent, "accounts.view") else "…"
    if each.is_relation:
        return str(getattr(record, each.name))
    if each.choices:
        return capfirst(str(getattr(record, f"get_{each.name}_display")()))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return money_text(value, settings.BASE_CURRENCY, get_language() or "en")
    if each.name == "founded_year":
        return str(value)
    return formats.localize(value) if not isinstance(value, str) else value


def _source(asked: Draft, each: Any, wanted: Mapping[str, Any]) -> Any:
    """The record whose value is taken; the survivor with the joined text where that was chosen."""
    key = chosen_key(each.name, asked.survivor, asked.records, asked.choices)
    found = next((record for record in asked.records if str(record.pk) == key), None)
    if found is not None and getattr(found, each.attname) == wanted[each.attname]:
        return found
    made = MODELS[asked.kind](pk=asked.survivor.pk)
    setattr(made, each.attname, wanted[each.attname])
    return made


def _account(record: Any) -> Account:
    account: Account = record.account if isinstance(record, Contact) else record
    return account


def _last(account: Account, today: date) -> str:
    return day_text(account.last_event_at, today) if account.last_event_at else ""


def _about(record: Any) -> str:
    if isinstance(record, Contact):
        return ", ".join(part for part in (record.position, record.account.name) if part)
    return _("owner: %(owner)s") % {"owner": record.owner.name if record.owner else _("nobody")}


__all__ = [
    "Cell",
    "Draft",
    "Row",
    "columns",
    "counts",
    "draft",
    "final",
    "fingerprint",
    "side_by_side",
    "usual",
]
