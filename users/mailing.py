"""Mails to colleagues, in their language: text and HTML alike, with a stable Message-ID and a way to unsubscribe."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from users.models import Sending, User

SALT = "users.unsubscribe"


def address(path: str) -> str:
    """The whole address of a page of ours, as a mail must say it."""
    return settings.SITE_ADDRESS.rstrip("/") + path


def message_of(row: Sending, connection: Any = None) -> EmailMultiAlternatives:
    """The mail of a row of the outbox; the words of a notification as they are now."""
    unsubscribe = address(reverse("users:unsubscribe", args=[token_for(row.person, row.kind)]))
    with translation.override(row.person.language):
        title, text, html = row.title, row.text, row.html
        told = row.notification
        if told is not None and not text:
            title = told.title if told.count == 1 else f"{told.title} (×{told.count})"
            words = {
                "told": told,
                "link": address(told.url),
                "unsubscribe": unsubscribe,
                "settings": address(reverse("users:notification_settings")),
            }
            text = render_to_string("users/mail/notification.txt", words)
            html = render_to_string("users/mail/notification.html", words)
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    mail = EmailMultiAlternatives(
        " ".join(title.split()),
        text,
        settings.DEFAULT_FROM_EMAIL,
        [f"{_quoted(row.person.name)} <{row.person.email}>"],
        headers={
            "Message-ID": f"<{row.message_id}@{host}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=connection,
    )
    mail.attach_alternative(html, "text/html")
    return mail


def token_for(person: User, kind: str) -> str:
    """Names the person and what is to stop; signed, and worth nothing else."""
    return signing.dumps([person.pk, kind], salt=SALT, compress=True)


def read_token(token: str) -> tuple[int, str] | None:
    """(person, kind), or None where it is not ours."""
    try:
        person, kind = signing.loads(token, salt=SALT)
        return int(person), str(kind)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _quoted(name: str) -> str:
    return '"' + " ".join(name.replace("\\", "").replace('"', "").split()) + '"'
