"""What happens to quotes."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.facts import Fact, fact
from foundation.money import money_text
from users.dates import short_day


class AboutQuote(Fact):
    """`number` is empty before it is sent; `amount` is the total, in `currency`."""

    quote_id: int
    account_id: int
    deal_id: int | None
    owner_id: int | None
    number: str
    version_number: int
    amount: Decimal | str
    currency: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("quote", self.quote_id), ("account", self.account_id), ("deal", self.deal_id)]

    @property
    def named(self) -> str:
        name = self.number or _("Draft %(pk)s") % {"pk": self.quote_id}
        if self.version_number == 1:
            return name
        return _("%(number)s, version %(version)s") % {"number": name, "version": self.version_number}

    def sentence(self) -> str:
        money = money_text(Decimal(self.amount), self.currency, get_language() or "en")
        return f"{self.label}: {self.named}, {money}"


@fact("quote.drafted", label=gettext_lazy("Quote drafted"), icon="file-plus")
class QuoteDrafted(AboutQuote):
    """Also a new version of one that was sent."""


@fact("quote.changed", label=gettext_lazy("Draft of a quote changed"), icon="edit")
class QuoteChanged(AboutQuote):
    fields: list[str]


@fact("quote.assigned", label=gettext_lazy("Quote given to somebody"), icon="user-share")
class QuoteAssigned(AboutQuote):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return f"{self.named}: {self.from_name or '—'} → {self.to_name or '—'}"


@fact("quote.sent", label=gettext_lazy("Quote sent"), icon="file-invoice")
class QuoteSent(AboutQuote):
    """It has its number and its link, and does not change any more."""

    valid_until: date | str
    link_id: int

    def sentence(self) -> str:
        day = short_day(date.fromisoformat(str(self.valid_until)), timezone.localdate())
        said = {"quote": super().sentence(), "day": day}
        return _("%(quote)s, valid until %(day)s") % said


@fact("quote.shared", label=gettext_lazy("Another link to the quote made"), icon="link")
class QuoteShared(AboutQuote):
    link_id: int


@fact("quote.unshared", label=gettext_lazy("Link to the quote revoked"), icon="unlink")
class QuoteUnshared(AboutQuote):
    link_id: int


@fact("quote.opened", label=gettext_lazy("The client opened the quote"), icon="eye")
class QuoteOpened(AboutQuote):
    """Somebody with the link looked, for the first time on a day."""

    link_id: int


@fact("quote.accepted", label=gettext_lazy("Quote accepted"), icon="circle-check")
class QuoteAccepted(AboutQuote):
    """`name` is who said yes outside."""

    name: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.name}"


@fact("quote.declined", label=gettext_lazy("Quote declined"), icon="circle-x")
class QuoteDeclined(AboutQuote):
    name: str
    reason: str

    def sentence(self) -> str:
        return f"{super().sentence()}: {self.reason}"


@fact("quote.expired", label=gettext_lazy("Quote expired"), icon="clock-off")
class QuoteExpired(AboutQuote):
    pass


@fact("quote.superseded", label=gettext_lazy("Quote superseded by a newer version"), icon="versions")
class QuoteSuperseded(AboutQuote):
    pass


@fact("quote.withdrawn", label=gettext_lazy("Quote withdrawn"), icon="trash")
class QuoteWithdrawn(AboutQuote):
    pass


@fact("quote.invoiced", label=gettext_lazy("Quote invoiced"), icon="file-invoice")
class QuoteInvoiced(AboutQuote):
    """Its lines and prices are in the draft `invoice_id`."""

    invoice_id: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("invoice", self.invoice_id)]
