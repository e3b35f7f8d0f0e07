"""A mail of a process, by the server of the settings; its Message-ID stays the same however often it is sent."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.models import OutMessage


def send(message: OutMessage) -> None:
    """Raises what the server says; Refused for what is no address."""
    try:
        validate_email(message.to)
    except ValidationError as wrong:
        raise Refused(_("“%(to)s” is no e-mail address.") % {"to": message.to}) from wrong
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    EmailMessage(
        " ".join(str(message.payload.get("title", "")).split()),
        str(message.payload.get("text", "")),
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": f"<{message.key}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()
