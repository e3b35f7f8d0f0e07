"""Files of banks for tests, with invoices of ours named in them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.urls import reverse

from billing.models import BankAccount, Invoice, LegalEntity, StatementLine
from billing.testing import make_invoice, make_legal_entity

FOLDER = Path(__file__).parent / "bank"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OURS = "40702810900000000017"


def text_of(name: str = "one_c.txt") -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def naming(invoice: Invoice, text: str | None = None) -> str:
    """The sample, its purpose saying this invoice's number."""
    return (text or text_of()).replace("INV-2026-00017", invoice.number)


def twice(text: str) -> str:
    """Its first document once more, under another number."""
    start, end = text.index("СекцияДокумент"), text.index("КонецДокумента") + len("КонецДокумента\n")
    return text[:end] + text[start:end].replace("Номер=000412", "Номер=000413") + text[end:]


def many(count: int) -> str:
    """So many documents of the client of the sample, each of an amount of its own."""
    rows = [
        f"СекцияДокумент=Платежное поручение\nНомер={each}\nДата=18.11.2026\nСумма={each}.00\n"
        f"ПлательщикИНН=7701234560\nПлательщикСчет=4070281010000000{each:04}\n"
        f"ПолучательСчет={OURS}\nНазначениеПлатежа=По счету {each}\nКонецДокумента"
        for each in range(1, count + 1)
    ]
    head = text_of().split("НачальныйОстаток")[0] + "КонецРасчСчет"
    return "\n".join([head, *rows, "КонецФайла"])


def bank_account(number: str, currency: str = "RUB") -> BankAccount:
    entity = LegalEntity.objects.first() or make_legal_entity()
    return BankAccount.objects.create(
        legal_entity=entity, number=number, currency=currency, bank_name="Meadow Bank"
    )


def invoice_of(account: Any, amount: Any = 72000, currency: str = "RUB", **said: Any) -> Invoice:
    return make_invoice(amount, account=account, currency=currency, **said)


def line_of(amount: Any) -> StatementLine:
    return StatementLine.objects.get(amount=amount)


def url(name: str, record: Any) -> str:
    return reverse(f"billing:{name}", args=[record.pk])
