"""Files to fill in: the headings of a kind of record, one example row, and the words its lists accept."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.custom.definitions import definition
from accounts.models import Account, AccountRole
from accounts.models.account import Kind
from activities.models import CallResult, Direction, MeetingState, Priority, TaskKind, TaskState
from catalog.models import Product
from integrations import choices
from integrations.fields import Field
from integrations.importing import importer_of
from integrations.importing.outcome import safe
from integrations.mapping import Mapping

CSV, XLSX = "csv", "xlsx"
NUMBERED = 3  # of the many phones and e-mails a card can have, as many as people fill in
MOST_WORDS = 100
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WORDS: dict[str, dict[str, Any]] = {
    "accounts": {"kind": Kind, "roles": AccountRole},
    "tasks": {"kind": TaskKind, "priority": Priority, "state": TaskState},
    "meetings": {"state": MeetingState},
    "calls": {"direction": Direction, "result": CallResult},
}
NOT_ASKED = frozenset({"external_id", "owner_id", "account_id", "deal_id", "contact_id", "under"})
EXAMPLES = {
    "employees": "25",
    "annual_revenue": "1200000",
    "founded_year": "1998",
    "website": "https://example.com",
    "phone": "+7 495 123-45-67",
    "email": "office@example.com",
    "postcode": "101000",
    "amount": "120000",
    "price": "120000",
    "quantity": "1",
    "duration": "30",
    "estimate": "30",
}

BILLING = {"prices", "invoices", "invoice-lines", "payments"}
BILLING_EXAMPLES = {"number": "2024-17", "quantity": "2", "price": "1200", "total": "2400", "amount": "2400"}


@dataclass(frozen=True)
class Column:
    """One heading: what stands below it for an example, and the words it accepts, where they are few."""

    field: Field
    example: str
    words: tuple[str, ...]

    @property
    def heading(self) -> str:
        return str(self.field.label)


def columns_of(entity: str, person: Any) -> list[Column]:
    """In the reader's language. The example would be accepted as it stands."""
    importer = importer_of(entity)
    found = []
    for field in importer.fields:
        base, _sign, number = field.name.rpartition("_")
        is_one_too_many = number.isdigit() and int(number) > (NUMBERED if base != "website" else 1)
        if field.name in NOT_ASKED or is_one_too_many:
            continue
        words = _words(entity, field, person)
        found.append(Column(field, _example(entity, field, words, person), tuple(words)))
    return found


def as_csv(columns: list[Column]) -> bytes:
    """With a mark of UTF-8 and the separator spreadsheets of this language expect."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator())
    writer.writerow([safe(each.heading) for each in columns])
    writer.writerow([safe(each.example) for each in columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_workbook(columns: list[Column]) -> bytes:
    """The words a column accepts are offered in its cells and listed on a second sheet."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold = book.add_worksheet(_("Records")[:31]), book.add_format({"bold": True})
        accepted = book.add_worksheet(_("Accepted words")[:31])
        listed = 0
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, bold)
            sheet.write_string(1, place, column.example)
            sheet.set_column(place, place, max(12, min(40, len(column.heading) + 2)))
            if column.words:
                accepted.write_string(0, listed, column.heading, bold)
                for row, word in enumerate(column.words, 1):
                    accepted.write_string(row, listed, word)
                listed += 1
        sheet.freeze_panes(1, 0)
    return made.getvalue()


def separator() -> str:
    """A semicolon where the decimal mark is a comma, as spreadsheets there have it."""
    from django.utils.formats import get_format

    return ";" if get_format("DECIMAL_SEPARATOR") == "," else ","


def _words(entity: str, field: Field, person: Any) -> list[str]:
    if field.name.startswith("custom."):
        record = "client" if entity == "accounts" else "contact"
        defined = definition(record, field.name.removeprefix("custom."))
        return [each.label for each in defined.options if not each.is_retired] if defined else []
    if said := WORDS.get(entity, {}).get(field.name):
        hidden = {TaskState.REVIEW} if said is TaskState else set()
        return [str(each.label) for each in said if each not in hidden]
    names = choices.names(field.name, person)
    return (names or [])[:MOST_WORDS]


def _example(entity: str, field: Field, words: list[str], person: Any) -> str:
    today = timezone.localdate()
    if field.name == "stage":
        return next(iter(choices.stage_names(entity, Mapping())), "")
    if field.name in ("loss_reason", "loss_note", "closed_at", "next_step", "next_step_on", "parent", "tags"):
        return ""
    if field.name in ("owner", "head"):
        return str(person.name) if person.pk and not person.is_robot else ""
    if entity in BILLING:
        return _billing_example(entity, field.name, person, today)
    if field.name == "expected_close_on":
        return (today + timedelta(days=30)).isoformat()
    if words and field.name not in ("industry", "source", "role", "department", "office", "head_role"):
        return words[0]
    return next(_plain(entity, field), "")


def _billing_example(entity: str, name: str, person: Any, today: date) -> str:
    """Something that would come in: of a client and a product that are here, where there are any."""
    seen = {"account": Account.objects.visible_to(person), "name": Product.objects.all()}
    if name in seen and entity != "payments":
        return str(seen[name].order_by("pk").values_list("name", flat=True).first() or "")
    if name in {"dated_on", "received_on"}:
        return today.isoformat()
    return str(_("Bouquet “Spring”")) if name == "title" else BILLING_EXAMPLES.get(name, "")


def _plain(entity: str, field: Field) -> Iterator[str]:
    texts = {
        ("accounts", "name"): _("Romashka Ltd"),
        ("contacts", "name"): _("Anna Petrova"),
        ("contacts", "account"): _("Romashka Ltd"),
        ("contacts", "position"): _("Director"),
        ("deals", "title"): _("Supply of flowers"),
        ("products", "name"): _("Bouquet “Spring”"),
        ("products", "is_active"): _("yes"),
        ("tasks", "title"): _("Send the offer"),
        ("meetings", "title"): _("Talk about the offer"),
        ("users", "name"): _("Ivan Sokolov"),
    }
    if (entity, field.name) in texts:
        yield str(texts[entity, field.name])
    if field.is_required and field.kind == "moment":
        yield f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d} 10:00"
    if entity != "users" and field.name in EXAMPLES and field.name not in ("duration",):
        yield EXAMPLES[field.name]
