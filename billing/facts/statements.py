"""What happens to statements of banks."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from billing.facts.money import money_said
from foundation.facts import Fact, fact


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
        return f"{self.label}: {money_said(self.amount, self.currency)}"


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
