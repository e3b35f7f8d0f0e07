"""What happens to invoices and payments."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.repeating import words
from foundation.facts import Fact, fact
from foundation.money import money_text
from users.dates import short_day


def _money(amount: Decimal | str, currency: str) -> str:
    return money_text(Decimal(amount), currency, get_language() or "en")


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
        return _money(self.amount, self.currency)

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


class AboutRecurring(Fact):
    recurring_id: int
    account_id: int
    deal_id: int | None
    owner_id: int | None
    title: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("recurring", self.recurring_id), ("account", self.account_id), ("deal", self.deal_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.title}"


@fact("recurring.started", label=gettext_lazy("Invoice repeats"), icon="repeat")
class RecurringStarted(AboutRecurring):
    rule: str

    def sentence(self) -> str:
        return f"{super().sentence()}, {words(self.rule)}"


@fact("recurring.changed", label=gettext_lazy("Recurring invoice changed"), icon="edit")
class RecurringChanged(AboutRecurring):
    fields: list[str]


@fact("recurring.assigned", label=gettext_lazy("Recurring invoice given to somebody"), icon="user-share")
class RecurringAssigned(AboutRecurring):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.from_name or '—'} → {self.to_name or '—'}"


@fact("recurring.stopped", label=gettext_lazy("Invoice repeats no more"), icon="player-pause")
class RecurringStopped(AboutRecurring):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}. {self.reason}"


@fact("recurring.resumed", label=gettext_lazy("Invoice repeats again"), icon="player-play")
class RecurringResumed(AboutRecurring):
    pass


class AboutRun(AboutRecurring):
    """Of a day: what was made of it, if anything."""

    on: date | str
    invoice_id: int | None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("invoice", self.invoice_id)]

    @property
    def day(self) -> str:
        return short_day(date.fromisoformat(str(self.on)), timezone.localdate())


@fact("recurring.invoiced", label=gettext_lazy("Invoice made again"), icon="file-plus")
class RecurringInvoiced(AboutRun):
    def sentence(self) -> str:
        return f"{super().sentence()}, {self.day}"


@fact("recurring.refused", label=gettext_lazy("Recurring invoice could not go on"), icon="alert-triangle")
class RecurringRefused(AboutRun):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}, {self.day}. {self.reason}"


@fact("credit_limit.changed", label=gettext_lazy("Credit limit changed"), icon="gauge")
class CreditLimitChanged(Fact):
    """Without an amount there is no limit any more."""

    account_id: int
    amount: Decimal | str | None
    currency: str
    valid_from: date | str
    reason: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id)]

    def sentence(self) -> str:
        said = _("no limit") if self.amount is None else _money(self.amount, self.currency)
        day = short_day(date.fromisoformat(str(self.valid_from)), timezone.localdate())
        return _("%(label)s: %(limit)s from %(day)s. %(reason)s") % {
            "label": self.label, "limit": said, "day": day, "reason": self.reason,
        }  # fmt: skip


class AboutPayment(Fact):
    payment_id: int
    account_id: int | None
    owner_id: int | None
    amount: Decimal | str
    currency: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("payment", self.payment_id), ("account", self.account_id)]

    def sentence(self) -> str:
        return f"{self.label}: {_money(self.amount, self.currency)}"


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


@fact("payment.received", label=gettext_lazy("Payment received"), icon="cash")
class PaymentReceived(AboutPayment):
    pass


@fact("payment.assigned", label=gettext_lazy("Payment given to somebody"), icon="user-share")
class PaymentAssigned(AboutPayment):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.from_name or '—'} → {self.to_name or '—'}"


@fact("payment.identified", label=gettext_lazy("Payment is known whose it is"), icon="user-check")
class PaymentIdentified(AboutPayment):
    pass


class AboutSettling(AboutPayment):
    """`amount` is what of the payment, in its currency; `numbers` are the invoices'."""

    invoice_ids: list[int]
    deal_ids: list[int]
    numbers: list[str]

    def subjects(self) -> list[tuple[str, int | None]]:
        return [
            *super().subjects(),
            *(("invoice", key) for key in self.invoice_ids),
            *(("deal", key) for key in self.deal_ids),
        ]

    def sentence(self) -> str:
        return f"{super().sentence()} → {', '.join(self.numbers)}"


@fact("payment.allocated", label=gettext_lazy("Payment allocated"), icon="link")
class PaymentAllocated(AboutSettling):
    pass


@fact("payment.released", label=gettext_lazy("Payment released"), icon="unlink")
class PaymentReleased(AboutSettling):
    pass


@fact("payment.voided", label=gettext_lazy("Payment voided"), icon="ban")
class PaymentVoided(AboutSettling):
    reason: str

    def sentence(self) -> str:
        return f"{AboutPayment.sentence(self)}: {self.reason}"


@fact("payment.returned", label=gettext_lazy("Money paid back"), icon="cash-banknote-off")
class PaymentReturned(AboutPayment):
    """Of the payment that went out. It gives back a surplus (`of_payment_id`) or what a credit note left."""

    of_payment_id: int | None = None
    of_credit_note_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("payment", self.of_payment_id), ("invoice", self.of_credit_note_id)]


class AboutMarginRule(Fact):
    margin_rule_id: int
    name: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("margin_rule", self.margin_rule_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("margin_rule.created", label=gettext_lazy("Margin rule added"), icon="scale")
class MarginRuleCreated(AboutMarginRule):
    pass


@fact("margin_rule.changed", label=gettext_lazy("Margin rule changed"), icon="scale")
class MarginRuleChanged(AboutMarginRule):
    fields: list[str]


@fact("statement.received", label=gettext_lazy("Bank statement received"), icon="building-bank")
class StatementReceived(Fact):
    """`added` lines are new; the others of `line_count` had come before."""

    statement_id: int
    account: str
    file_name: str
    line_count: int
    added: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("statement", self.statement_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.account}, {self.file_name}"


class AboutStatementLine(Fact):
    statement_id: int
    line_id: int
    payment_id: int
    account_id: int | None
    amount: Decimal | str
    currency: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [
            ("statement", self.statement_id),
            ("payment", self.payment_id),
            ("account", self.account_id),
        ]

    def sentence(self) -> str:
        return f"{self.label}: {_money(self.amount, self.currency)}"


@fact("statement_line.confirmed", label=gettext_lazy("Line of a bank confirmed"), icon="checks")
class StatementLineConfirmed(AboutStatementLine):
    """It pays the invoice; without one, it is the client's money."""

    invoice_id: int | None
    number: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("invoice", self.invoice_id)]

    def sentence(self) -> str:
        return f"{super().sentence()} → {self.number}" if self.number else super().sentence()


@fact("statement_line.ignored", label=gettext_lazy("Line of a bank ignored"), icon="eye-off")
class StatementLineIgnored(AboutStatementLine):
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.reason}"
