from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import facts
from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.phones import e164
from accounts.querysets import OfAccountQuerySet
from foundation.errors import Refused, Stale
from foundation.facts import tell


class PointKind(models.TextChoices):
    PHONE = "phone", gettext_lazy("phone")
    EMAIL = "email", gettext_lazy("e-mail")
    MESSENGER = "messenger", gettext_lazy("messenger")
    WEBSITE = "website", gettext_lazy("website")


class ContactPoint(models.Model):
    """One way to reach a client or a person there. Phones are kept as E.164, e-mails in lower case."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="points", verbose_name=gettext_lazy("client")
    )
    contact = models.ForeignKey(
        Contact,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="points",
        verbose_name=gettext_lazy("contact"),
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=PointKind)
    value = models.CharField(gettext_lazy("value"), max_length=254)
    note = models.CharField(gettext_lazy("note"), max_length=80, blank=True)
    is_preferred = models.BooleanField(gettext_lazy("preferred"), default=False)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("contact point")
        verbose_name_plural = gettext_lazy("contact points")
        ordering = ["-is_preferred", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "contact", "kind", "value"], name="point_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(kind="phone") | Q(value__regex=r"^\+[0-9]{5,15}(;ext=[0-9]+)?$"),
                name="point_phone_e164",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "value"], name="point_by_value"),
            # Any four digits of a phone, any part of an e-mail.
            GinIndex(OpClass(models.F("value"), name="gin_trgm_ops"), name="point_search"),
        ]

    def __str__(self) -> str:
        return self.value

    @classmethod
    def add(
        cls,
        account: Account,
        *,
        kind: str,
        value: str,
        by: Any,
        at: datetime,
        contact: Contact | None = None,
        note: str = "",
        is_preferred: bool = False,
        cause: Any = None,
    ) -> "ContactPoint":
        """Keep a way to reach them; the same one again stays as it is. Refuses what cannot be dialled or written to."""
        clean = cleaned_value(kind, value)
        with transaction.atomic():
            if is_preferred:
                cls.objects.filter(account=account, contact=contact, is_preferred=True).update(
                    is_preferred=False
                )
            point, is_new = cls.objects.get_or_create(
                account=account,
                contact=contact,
                kind=kind,
                value=clean,
                defaults={"note": note, "is_preferred": is_preferred},
            )
            if is_new:
                tell(
                    facts.ContactPointAdded(account_id=account.pk, kind=kind, value=clean),
                    by=by,
                    at=at,
                    cause=cause,
                )
            elif is_preferred:
                point.is_preferred = True
                point.save(update_fields=["is_preferred"])
        return point

    def describe(self, *, note: str, is_preferred: bool) -> bool:
        """Set the note and the preference, which no timeline tells; True when either was different."""
        if (self.note, self.is_preferred) == (note, is_preferred):
            return False
        self.note, self.is_preferred = note, is_preferred
        self.save(update_fields=["note", "is_preferred"])
        return True

    def correct(self, value: str, *, seen: str, by: Any, at: datetime, cause: Any = None) -> bool:
        """Another value of the same kind; `seen` is the one the person had before them. False when it is the same."""
        clean = cleaned_value(self.kind, value)
        with transaction.atomic():
            now = ContactPoint.objects.select_for_update().filter(pk=self.pk).first()
            if now is None or now.value != seen:
                raise Stale(_("Somebody changed this meanwhile. Open the client again and look."))
            if clean == now.value:
                return False
            same = ContactPoint.objects.filter(
                account=self.account_id, contact=self.contact_id, kind=self.kind, value=clean
            )
            if same.exists():
                raise Refused(_("This is already written down here."))
            self.value = clean
            self.save(update_fields=["value"])
            self.account.count_change()
            told = facts.ContactPointChanged(
                account_id=self.account_id, kind=self.kind, value=clean, before=seen
            )
            tell(told, by=by, at=at, cause=cause)
        return True

    def remove(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            told = facts.ContactPointRemoved(account_id=self.account_id, kind=self.kind, value=self.value)
            self.delete()
            tell(told, by=by, at=at, cause=cause)


def cleaned_value(kind: str, value: str) -> str:
    """The value as it is stored. Refused with a sentence when it cannot be one of its kind."""
    value = value.replace("\x00", "").strip()
    try:
        match kind:
            case PointKind.PHONE:
                return e164(value)
            case PointKind.EMAIL:
                validate_email(value)
                return value.lower()
            case PointKind.WEBSITE:
                value = value if "://" in value else f"https://{value}"
                URLValidator(schemes=["http", "https"])(value)
    except ValidationError:
        raise Refused(_("“%(value)s” cannot be reached: check it for mistakes.") % {"value": value}) from None
    if not value:
        raise Refused(_("Fill in the phone, e-mail or address, or leave the row out."))
    return value
