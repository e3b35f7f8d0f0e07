"""What a client or one of its people allows: for which purpose, by which channel, since when, and how we know."""

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.consents import facts
from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.models.dictionaries import Channel
from accounts.querysets import OfAccountQuerySet
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

EVERYDAY = "everyday"
# The purposes every company begins with, said in the reader's language until an administrator changes them.
BUILT_IN = {
    gettext_noop("day-to-day contact"),
    gettext_noop("news and offers"),
    gettext_noop("keeping personal data"),
}


class ConsentPurpose(models.Model):
    """What consent is asked for. Day-to-day contact is allowed until somebody withdraws it; others need a yes."""

    key = models.SlugField(gettext_lazy("key"), max_length=40, unique=True)
    name = models.CharField(gettext_lazy("name"), max_length=80)
    needs_consent = models.BooleanField(
        gettext_lazy("only with consent"),
        default=True,
        help_text=gettext_lazy("otherwise allowed until it is withdrawn"),
    )
    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=100)
    is_retired = models.BooleanField(gettext_lazy("retired"), default=False)

    class Meta:
        verbose_name = gettext_lazy("purpose of consent")
        verbose_name_plural = gettext_lazy("purposes of consent")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return said(self.name)


class Consent(models.Model):
    """One yes or no. Append-only: a change of mind is another row, and the latest counts.

    Without a contact it speaks for the client and everybody there who said nothing themselves; without a channel it
    speaks for all of them. `on` is the day it was said, in the time of whoever wrote it down.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="consents", db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="consents")
    purpose = models.ForeignKey(ConsentPurpose, models.PROTECT, verbose_name=gettext_lazy("purpose"))
    channel = models.CharField(gettext_lazy("channel"), max_length=5, choices=Channel, blank=True)
    is_given = models.BooleanField(gettext_lazy("given"))
    source = models.CharField(gettext_lazy("source"), max_length=120)
    on = models.DateField(gettext_lazy("day"))
    evidence = models.TextField(gettext_lazy("evidence"), blank=True)
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("consent")
        verbose_name_plural = gettext_lazy("consents")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=Channel.values), name="consent_channel_known"
            )
        ]
        indexes = [
            models.Index(F("account"), F("purpose"), F("on").desc(), F("id").desc(), name="consent_latest"),
            models.Index(F("account"), F("on").desc(), F("id").desc(), name="consent_history"),
        ]
        # A merge of doubles may move a row to another client; what was said stays as it was said.
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["account", "contact"])]

    def __str__(self) -> str:
        return f"{self.purpose_id}: {self.is_given}"

    @classmethod
    def record(
        cls,
        account: Account,
        contact: Contact | None = None,
        *,
        purpose: ConsentPurpose,
        channel: str = "",
        is_given: bool,
        source: str,
        on: date,
        evidence: str = "",
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "Consent":
        """Somebody said yes or no on a day."""
        source = " ".join(source.replace("\x00", "").split())
        if not source:
            raise Refused(_("Say how we know: a form, a call, a letter."))
        if on > timezone.localdate(at):
            raise Refused(_("Nobody has said this yet: the day is still to come."))
        if contact is not None and contact.account_id != account.pk:
            raise Refused(_("This person is not at this client."))
        with transaction.atomic():
            consent = cls.objects.create(
                account=account, contact=contact, purpose=purpose, channel=channel, is_given=is_given,
                source=source, on=on, evidence=evidence.replace("\x00", ""), recorded_at=at, recorded_by=by,
            )  # fmt: skip
            fact = facts.ConsentRecorded if is_given else facts.ConsentRevoked
            told = fact(
                account_id=account.pk,
                contact_id=contact.pk if contact else None,
                name=contact.name if contact else "",
                purpose=purpose.name,
                channel=channel,
            )
            tell(told, by=by, at=at, cause=cause)
        return consent


def said(name: str) -> str:
    return _(name) if name in BUILT_IN else name
