"""Invoices sent by mail: said by a person on the page, sent by a worker, at least once under one Message-ID."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from billing import facts
from billing.documents.printing import made_now, name_of
from billing.models import Invoice
from billing.models.invoice_link import InvoiceLink
from billing.queries.papers import addresses_of
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import money_text, rounded
from users.mailing import address
from users.models import User

MOST_ADDRESSES = 10
LINK = "{link}"
LINK_OPENS = timedelta(days=60)


def send(
    invoice: Invoice,
    *,
    to: Sequence[str],
    subject: str,
    text: str,
    language: str,
    link: InvoiceLink | None = None,
    by: Any,
    at: datetime,
    cause: Any = None,
) -> None:
    """Queue a mail with the PDF; `{link}` in its text becomes the address of the link."""
    said = _checked(invoice, to=to, subject=subject, text=text, language=language, link=link)
    with transaction.atomic():
        tell(facts.InvoiceSent(**invoice.told(), **said), by=by, at=at, cause=cause)


def send_usual(
    invoice: Invoice,
    *,
    to: str = "",
    subject: str = "",
    text: str = "",
    by: Any,
    at: datetime,
    cause: Any = None,
) -> None:
    """What is not said is as a person would be offered it: the client's address, our words, a link."""
    usual = suggested_text(invoice, _money(invoice, invoice.total))
    with transaction.atomic():
        said = _filled(invoice, usual, to, subject, text, by=by, at=at, cause=cause)
        send(invoice, **said, by=by, at=at, cause=cause)


def remind(
    invoice: Invoice,
    *,
    to: str = "",
    subject: str = "",
    text: str = "",
    by: Any,
    at: datetime,
    cause: Any = None,
) -> None:
    """A mail about what is due of it, with the PDF. Refused where nothing is."""
    if not invoice.is_issued or invoice.is_credit_note or invoice.due <= 0:
        raise Refused(_("Nothing is due of %(invoice)s.") % {"invoice": invoice})
    with transaction.atomic():
        asked = _filled(invoice, reminding_text(invoice), to, subject, text, by=by, at=at, cause=cause)
        due = rounded(invoice.due, invoice.currency)
        told = facts.InvoiceReminded(**invoice.told(amount=due), **_checked(invoice, **asked))
        tell(told, by=by, at=at, cause=cause)


def _filled(
    invoice: Invoice, usual: tuple[str, str], to: str, subject: str, text: str, **told: Any
) -> dict[str, Any]:
    """The whole mail, with a link where its text has a place for one."""
    addresses = [each for each in to.replace(";", ",").split(",") if each.strip()] or addresses_of(invoice)
    if not addresses:
        words = _("%(client)s has no e-mail address. Add one, or say whom to write to.")
        raise Refused(words % {"client": invoice.account})
    text = text or usual[1]
    link = None
    if LINK in text and invoice.is_issued:
        link = InvoiceLink.make(invoice, expires_on=company_day(told["at"]) + LINK_OPENS, **told)
    language = invoice.language or "en"
    return {
        "to": addresses,
        "subject": subject or usual[0],
        "text": text,
        "language": language,
        "link": link,
    }


def _checked(
    invoice: Invoice, *, to: Sequence[str], subject: str, text: str, language: str, link: InvoiceLink | None
) -> dict[str, Any]:
    """What the fact says of the mail."""
    if not invoice.is_issued:
        raise Refused(_("Issue the invoice first: a draft is shown to nobody outside."))
    addresses = list(dict.fromkeys(each.strip() for each in to if each.strip()))
    if not addresses or len(addresses) > MOST_ADDRESSES:
        raise Refused(_("Write to one address at least, and to %(most)d at most.") % {"most": MOST_ADDRESSES})
    for each in addresses:
        try:
            validate_email(each)
        except ValidationError as wrong:
            raise Refused(_("“%(to)s” is no e-mail address.") % {"to": each}) from wrong
    if not subject.strip():
        raise Refused(_("Say what the mail is about."))
    if LINK in text and link is None:
        raise Refused(_("The text says {link}, but there is no link. Tick the link or take it out."))
    return {
        "to": addresses,
        "subject": subject.strip(),
        "text": text,
        "language": language,
        "link_id": link.pk if link else None,
    }


def deliver(event: Any) -> None:
    """By a worker: raises what the mail server says, and is tried again."""
    said = event.payload
    invoice = Invoice.objects.select_related(
        "legal_entity", "account", "contact", "corrects", "bank_account", "owner"
    ).get(pk=said["invoice_id"])
    by = User.objects.get(pk=event.actor_id)
    answers = invoice.owner if by.is_robot else by
    made = made_now(invoice, said["language"], by=by, at=timezone.now())
    if not made.is_ready:
        raise RuntimeError(f"Print {made.pk} is not made yet.")
    text, host = said["text"], urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    if said["link_id"]:
        text = text.replace(LINK, address(InvoiceLink.objects.get(pk=said["link_id"]).path))
    mail = EmailMessage(
        " ".join(said["subject"].split()),
        text,
        settings.DEFAULT_FROM_EMAIL,
        said["to"],
        reply_to=[answers.email] if answers and answers.email else None,
        headers={"Message-ID": f"<invoice-{event.pk}@{host}>"},
    )
    with made.file.open("rb") as file:
        mail.attach(name_of(invoice, file_title(invoice, said["language"])), file.read(), "application/pdf")
    mail.send()


def file_title(invoice: Invoice, language: str) -> str:
    from billing.documents.wording import WORDING

    say = WORDING[language if language in WORDING else "en"]
    return f"{say['credit_note' if invoice.is_credit_note else 'invoice']} {invoice.number}"


def suggested_text(invoice: Invoice, total: str) -> tuple[str, str]:
    """Subject and text in the language of the people's pages nearest to the document's."""
    with translation.override(_language(invoice)):
        said = {"number": invoice.number, "company": invoice.legal_entity.name, "total": total}
        subject = _("Invoice %(number)s from %(company)s") % said
        text = (
            _(
                "Hello,\n\nattached is our invoice %(number)s for %(total)s.\nYou can also open it here: {link}\n"
            )
            % said
        )
    return subject, text


def reminding_text(invoice: Invoice) -> tuple[str, str]:
    """Subject and text of a reminder, in the same language."""
    with translation.override(_language(invoice)):
        said = {
            "number": invoice.number,
            "company": invoice.legal_entity.name,
            "due": _money(invoice, invoice.due),
            "day": formats.date_format(invoice.due_on, "DATE_FORMAT") if invoice.due_on else "",
        }
        subject = _("Reminder: invoice %(number)s from %(company)s") % said
        text = (
            _(
                "Hello,\n\n%(due)s of our invoice %(number)s is still to be paid; it was due on %(day)s.\n"
                "You can open it here: {link}\n\nIf you have paid meanwhile, please disregard this letter.\n"
            )
            if invoice.due_on is not None and invoice.due_on < company_day(timezone.now())
            else _(
                "Hello,\n\n%(due)s of our invoice %(number)s is to be paid by %(day)s.\n"
                "You can open it here: {link}\n\nIf you have paid meanwhile, please disregard this letter.\n"
            )
        ) % said
    return subject, text


def _money(invoice: Invoice, amount: Decimal) -> str:
    return money_text(amount, invoice.currency, _language(invoice))


def _language(invoice: Invoice) -> str:
    return invoice.language if invoice.language in dict(settings.LANGUAGES) else "en"
