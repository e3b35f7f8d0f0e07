"""Invoices sent by mail: said by a person on the page, sent by a worker, at least once under one Message-ID."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing import facts
from billing.documents.printing import made_now, name_of
from billing.models import Invoice
from billing.models.invoice_link import InvoiceLink
from foundation.errors import Refused
from foundation.facts import tell
from users.mailing import address
from users.models import User

MOST_ADDRESSES = 10
LINK = "{link}"


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
    with transaction.atomic():
        told = facts.InvoiceSent(
            **invoice.told(), to=addresses, subject=subject.strip(), text=text, language=language,
            link_id=link.pk if link else None,
        )  # fmt: skip
        tell(told, by=by, at=at, cause=cause)


def deliver(event: Any) -> None:
    """By a worker: raises what the mail server says, and is tried again."""
    said = event.payload
    invoice = Invoice.objects.select_related(
        "legal_entity", "account", "contact", "corrects", "bank_account"
    ).get(pk=said["invoice_id"])
    by = User.objects.get(pk=event.actor_id)
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
        reply_to=[by.email] if by.email and not by.is_robot else None,
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
    known = dict(settings.LANGUAGES)
    with translation.override(invoice.language if invoice.language in known else "en"):
        said = {"number": invoice.number, "company": invoice.legal_entity.name, "total": total}
        subject = _("Invoice %(number)s from %(company)s") % said
        text = (
            _(
                "Hello,\n\nattached is our invoice %(number)s for %(total)s.\nYou can also open it here: {link}\n"
            )
            % said
        )
    return subject, text
