from django.db import models
from django.utils.translation import gettext_lazy as _


class QuoteState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", _("withdrawn")


NEVER_SENT = (QuoteState.DRAFT, QuoteState.WITHDRAWN)
OPEN = (QuoteState.DRAFT, QuoteState.SENT)
