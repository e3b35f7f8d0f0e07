from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.duplicates.matching import KeyKind
from accounts.models.account import Account
from accounts.querysets import OfAccountQuerySet


class MatchKey(models.Model):
    """One thing by which a client may meet its double: see `match_keys` and `scanning` in `accounts.duplicates`."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="match_keys", db_index=False, verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=KeyKind)
    value = models.CharField(_("value"), max_length=120)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("match key")
        verbose_name_plural = _("match keys")
        ordering = ["kind", "value", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "value"], name="match_key_once"),
        ]
        indexes = [
            # The account rides along, so that the search for doubles never visits the table.
            models.Index(fields=["kind", "value"], include=["account"], name="match_key_by_value"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
