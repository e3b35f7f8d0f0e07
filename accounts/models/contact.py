from datetime import datetime
from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import facts
from accounts.custom import values
from accounts.models.account import Account
from accounts.models.custom_values import CustomValues, custom_index
from accounts.models.dictionaries import Channel
from accounts.models.mergeable import Mergeable
from accounts.querysets import OfAccountQuerySet
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.search_text import normalised, sort_key


@pghistory.track(exclude=["search_text", "sort_key"], model_name="ContactHistory")
class Contact(Mergeable, CustomValues, models.Model):
    """A person at a client."""

    custom_record = "contact"

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="contacts", verbose_name=gettext_lazy("client")
    )
    name = models.CharField(gettext_lazy("full name"), max_length=150)
    position = models.CharField(gettext_lazy("position"), max_length=120, blank=True)
    note = models.TextField(gettext_lazy("note"), blank=True)
    preferred_channel = models.CharField(
        gettext_lazy("preferred channel"), max_length=5, choices=Channel, blank=True, db_default=""
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    has_left = models.BooleanField(gettext_lazy("no longer works there"), default=False)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    search_text = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("contact")
        verbose_name_plural = gettext_lazy("contacts")
        ordering = ["sort_key", "pk"]
        indexes = [
            models.Index(fields=["account", "sort_key", "id"], name="contact_by_name"),
            models.Index(fields=["sort_key", "id"], name="contact_everywhere_by_name"),
            models.Index(fields=["-created_at", "-id"], name="contact_everywhere_by_age"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="contact_search"),
            custom_index("contact_custom"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derived columns follow the name, whoever writes it."""
        self.sort_key = sort_key(self.name)
        self.search_text = normalised(self.name, self.position)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Their place on the client's card."""
        return f"{reverse('accounts:card', args=[self.account_id])}#contact-{self.pk}"

    @classmethod
    def create(
        cls, account: Account, *, by: Any, at: datetime, cause: Any = None, **fields: Any
    ) -> "Contact":
        fields["name"] = _named(fields.get("name", ""))
        fields["custom"] = values.checked("contact", {}, fields.get("custom", {}))
        with transaction.atomic():
            contact = cls.objects.create(account=account, created_at=at, **fields)
            tell(
                facts.ContactAdded(
                    account_id=account.pk, contact_id=contact.pk, name=contact.name, position=contact.position
                ),
                by=by,
                at=at,
                cause=cause,
            )
        return contact

    def change(
        self, changes: dict[str, Any], *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Change plain fields; a changed position is a fact of its own, because companies live by it.

        `version` is the one the person saw, else Stale.
        """
        with transaction.atomic():
            contact = Contact.objects.select_for_update().get(pk=self.pk)
            if version is not None and version != contact.version:
                raise Stale(_("Somebody else changed this contact meanwhile. Send your changes again."))
            if "name" in changes:
                changes = changes | {"name": _named(changes["name"])}
            if "custom" in changes:
                changes = changes | {"custom": values.checked("contact", contact.custom, changes["custom"])}
            changed = [name for name, value in changes.items() if getattr(contact, name) != value]
            if not changed:
                return
            position_before = contact.position
            fields = values.named(changed, contact.custom, changes.get("custom", {}))
            for name in changed:
                setattr(contact, name, changes[name])
            contact.version += 1
            contact.save()
            told: dict[str, Any] = {
                "account_id": contact.account_id,
                "contact_id": contact.pk,
                "name": contact.name,
            }
            if "position" in changed:
                fact: Any = facts.ContactPositionChanged(
                    **told, from_position=position_before, to_position=contact.position
                )
            else:
                fact = facts.ContactChanged(**told, fields=fields)
            tell(fact, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def count_change(self) -> None:
        """The ways to reach them changed: whoever has their form open must look again."""
        Contact.objects.filter(pk=self.pk).update(version=F("version") + 1)


def _named(name: str) -> str:
    name = " ".join((name or "").replace("\x00", "").split())
    if not name:
        raise Refused(_("Give the contact a name."))
    return name
