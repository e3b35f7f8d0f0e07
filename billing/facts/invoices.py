"""What happens to invoices and credit notes."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.facts.money import money_said
from foundation.facts import Fact, fact
from users.dates import short_day


class AboutInvoice(Fact):
    """`number` is empty before issue; `amount` is the total, in `currency`, unless the fact says otherwise."""

    invoice_id: int
    account_id: int
    deal_id: int | None
    owner_id: int | None
    number: str
    amount: Decimal | str
    currency: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("invoice", self.invoice_id), ("account", self.account_id), ("deal", self.deal_id)]

    @property
    def named(self) -> str:
        return self.number or _("Draft %(pk)s") % {"pk": self.invoice_id}

    @property
    def money(self) -> str:
        return money_said(self.amount, self.currency)

    def sentence(self) -> str:
        return f"{self.label}: {self.named}, {self.money}"


@fact("invoice.drafted", label=gettext_lazy("Invoice drafted"), icon="file-plus")
class InvoiceDrafted(AboutInvoice):
    pass


@fact("invoice.changed", label=gettext_lazy("Draft of an invoice changed"), icon="edit")
class InvoiceChanged(AboutInvoice):
    fields: list[str]


@fact("invoice.assigned", label=gettext_lazy("Invoice given to somebody"), icon="user-share")
class InvoiceAssigned(AboutInvoice):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return _("%(number)s: %(before)s → %(after)s") % {
            "number": self.named,
            "before": self.from_name or "—",
            "after": self.to_name or "—",
        }


@fact("invoice.submitted", label=gettext_lazy("Invoice waits for approval"), icon="hourglass")
class InvoiceSubmitted(AboutInvoice):
    """`reasons` are sentences: why somebody has to approve it."""

    reasons: list[str]

    def sentence(self) -> str:
        return f"{super().sentence()}. {' '.join(self.reasons)}".strip()


@fact("invoice.approved", label=gettext_lazy("Invoice approved"), icon="checks")
class InvoiceApproved(AboutInvoice):
    comment: str = ""

    def sentence(self) -> str:
        return f"{super().sentence()}. {self.comment}" if self.comment else super().sentence()


@fact("invoice.returned", label=gettext_lazy("Invoice sent back"), icon="arrow-back-up")
class InvoiceReturned(AboutInvoice):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}. {self.reason}"


@fact("invoice.issued", label=gettext_lazy("Invoice issued"), icon="file-invoice")
class InvoiceIssued(AboutInvoice):
    base_amount: Decimal | str


@fact("invoice.imported", label=gettext_lazy("Invoice brought from another system"), icon="file-import")
class InvoiceImported(AboutInvoice):
    """It was issued there, at the moment of the fact; nobody here reacts as to one issued now."""


@fact("invoice.discarded", label=gettext_lazy("Draft of an invoice discarded"), icon="trash")
class InvoiceDiscarded(AboutInvoice):
    pass


@fact("invoice.paid", label=gettext_lazy("Invoice paid"), icon="circle-check")
class InvoicePaid(AboutInvoice):
    pass


@fact("invoice.overdue", label=gettext_lazy("Invoice overdue"), icon="alarm")
class InvoiceOverdue(AboutInvoice):
    """`amount` is what is left of the instalment that was due on `due_on`."""

    instalment_id: int
    due_on: date | str

    def sentence(self) -> str:
        return _("%(number)s is overdue: %(money)s was due on %(day)s") % {
            "number": self.named,
            "money": self.money,
            "day": short_day(date.fromisoformat(str(self.due_on)), timezone.localdate()),
        }


@fact("invoice.credited", label=gettext_lazy("Invoice credited"), icon="receipt-refund")
class InvoiceCredited(AboutInvoice):
    """`amount` is what the credit note comes to."""

    credit_note_id: int
    credit_note: str
    reason: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("invoice", self.credit_note_id)]

    def sentence(self) -> str:
        return _("%(number)s credited by %(note)s, %(money)s: %(reason)s") % {
            "number": self.named,
            "note": self.credit_note,
            "money": self.money,
            "reason": self.reason,
        }


@fact("credit_note.used", label=gettext_lazy("Credit note used"), icon="receipt-refund")
class CreditNoteUsed(AboutInvoice):
    """Of a credit note; `amount` is what of it settles these invoices now."""

    invoice_ids: list[int]
    numbers: list[str]

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), *(("invoice", key) for key in self.invoice_ids)]

    def sentence(self) -> str:
        return f"{super().sentence()} → {', '.join(self.numbers)}"


@fact("invoice.written_off", label=gettext_lazy("Invoice written off"), icon="eraser")
class InvoiceWrittenOff(AboutInvoice):
    """`amount` is what was written off."""

    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.reason}"


@fact("invoice.write_off_released", label=gettext_lazy("Write-off taken back"), icon="eraser")
class InvoiceWriteOffReleased(AboutInvoice):
    """`amount` is what is due again."""


class AboutMail(AboutInvoice):
    """Asked to be sent: a worker sends it to each address `to`."""

    to: list[str]
    subject: str
    text: str
    language: str
    link_id: int | None = None

    def sentence(self) -> str:
        return f"{self.label}: {self.named} → {', '.join(self.to)}"


@fact("invoice.sent", label=gettext_lazy("Invoice sent by mail"), icon="mail-forward")
class InvoiceSent(AboutMail):
    pass


@fact("invoice.reminded", label=gettext_lazy("Reminder of an invoice sent by mail"), icon="bell-ringing")
class InvoiceReminded(AboutMail):
    """`amount` is what was due then."""


@fact("invoice.shared", label=gettext_lazy("Link to the invoice made"), icon="link")
class InvoiceShared(AboutInvoice):
    link_id: int


@fact("invoice.unshared", label=gettext_lazy("Link to the invoice revoked"), icon="unlink")
class InvoiceUnshared(AboutInvoice):
    link_id: int


@fact("invoice.opened", label=gettext_lazy("The client opened the invoice"), icon="eye")
class InvoiceOpened(AboutInvoice):
    """Somebody with the link looked, for the first time on a day."""

    link_id: int
