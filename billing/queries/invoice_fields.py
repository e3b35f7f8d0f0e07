"""What invoices can be asked about with conditions, and clients about their invoices."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Industry
from billing.models import Invoice, LegalEntity
from billing.models.invoice import InvoiceKind, InvoiceState
from deals.models import Deal
from lists.where.fields import CHOICE, DAY, MOMENT, MONEY, RELATED, TEXT, Field, Hop
from users.models import User

CLIENT = Hop(path="account", records=lambda person: Account.objects.visible_to(person))
DEAL = Hop(path="deal", records=lambda person: Deal.objects.visible_to(person))
ABOUT_CLIENT, ABOUT_DEAL = _("Client"), _("Deal")
ANY, UNPAID, DRAFTS = "any", "unpaid", "drafts"


def people(person: Any) -> Any:
    return User.objects.visible_to(person).filter(is_robot=False)


def own_companies(_person: Any) -> Any:
    return LegalEntity.objects.all()


def industries(_person: Any) -> Any:
    return Industry.objects.all()


def own(name: str, label: Any, kind: str, path: str, **said: Any) -> Field:
    return Field(name=name, label=label, kind=kind, path=path, **said)


def of_client(name: str, label: Any, kind: str, path: str, **said: Any) -> Field:
    return Field(
        name=f"client.{name}", label=label, kind=kind, path=path, hop=CLIENT, about=ABOUT_CLIENT, **said
    )


OWN = [
    own("number", _("Number"), TEXT, "number"),
    own("state", _("State"), CHOICE, "state", options=InvoiceState.choices),
    own("kind", _("Kind"), CHOICE, "kind", options=InvoiceKind.choices),
    own("owner", _("Owner"), CHOICE, "owner_id", records=people, is_person=True),
    own("own", _("Own company"), CHOICE, "legal_entity_id", records=own_companies),
    own("currency", _("Currency"), TEXT, "currency"),
    own("total", _("Total"), MONEY, "total"),
    own("due", _("Still due"), MONEY, "due"),
    own("worth", _("Total in the company's currency"), MONEY, "base_total"),
    own("dated", _("Dated"), DAY, "dated_on"),
    own("due_on", _("Due on"), DAY, "due_on"),
    own("issued", _("Issued"), MOMENT, "issued_at"),
    own("settled", _("Settled"), MOMENT, "settled_at"),
    own("note", _("Note to the client"), TEXT, "note"),
    of_client("name", _("Name"), TEXT, "name", searched="search_text"),
    of_client("industry", _("Industry"), CHOICE, "industry_id", records=industries),
    of_client("owner", _("Owner"), CHOICE, "owner_id", records=people, is_person=True),
    Field(
        name="deal.title", label=_("Title"), kind=TEXT, path="title", searched="search_text", hop=DEAL,
        about=ABOUT_DEAL,
    ),
]  # fmt: skip
BY_NAME = {field.name: field for field in OWN}


def fields() -> dict[str, Field]:
    return BY_NAME


def invoices_of_client() -> dict[str, Field]:
    """For the list of clients: whether there are invoices, of which kind and how many."""
    options = [(ANY, _("invoices")), (UNPAID, _("unpaid invoices")), (DRAFTS, _("drafts of invoices"))]
    offered = Field(
        name="invoices", label=_("Invoices"), kind=RELATED, options=options, related=_invoices_in, link="account_id"
    )  # fmt: skip
    return {"invoices": offered}


def _invoices_in(person: Any, word: str) -> Any:
    seen = Invoice.objects.visible_to(person)
    if word == UNPAID:
        return seen.unsettled()
    return seen.drafts() if word == DRAFTS else seen.filter(kind=InvoiceKind.INVOICE)
