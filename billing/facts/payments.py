"""What happens to money that came, or went back."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from billing.facts.money import money_said
from foundation.facts import Fact, fact


class AboutPayment(Fact):
    payment_id: int
    account_id: int | None
    owner_id: int | None
    amount: Decimal | str
    currency: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("payment", self.payment_id), ("account", self.account_id)]

    def sentence(self) -> str:
        return f"{self.label}: {money_said(self.amount, self.currency)}"


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
