from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duplicates import facts
from accounts.models.account import Account
from accounts.querysets import DuplicatePairQuerySet
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User


class PairState(models.TextChoices):
    NEW = "new", gettext_lazy("to be looked at")
    NOT_DUPLICATE = "not_duplicate", gettext_lazy("not a duplicate")


class DuplicatePair(models.Model):
    """Two clients that may be one. `first` is the older; `reasons` are those of `accounts.duplicates.matching`."""

    first = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Account, models.CASCADE, related_name="+")
    score = models.SmallIntegerField(gettext_lazy("score"))
    reasons = ArrayField(models.CharField(max_length=12), verbose_name=gettext_lazy("reasons"), default=list)
    state = models.CharField(
        gettext_lazy("state"), max_length=13, choices=PairState, default=PairState.NEW, editable=False
    )
    found_at = models.DateTimeField(gettext_lazy("found"), editable=False)
    decided_at = models.DateTimeField(gettext_lazy("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("possible duplicate")
        verbose_name_plural = gettext_lazy("possible duplicates")
        ordering = ["-score", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
        ]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="pair_by_score")]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"

    def dismiss(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """They are two: remembered, whatever later searches find. Quiet when somebody already said so."""
        with transaction.atomic():
            pair = self._locked()
            if pair.state == PairState.NOT_DUPLICATE:
                return
            pair._decide(PairState.NOT_DUPLICATE, by, at)
            told = facts.DuplicateDismissed(account_id=pair.first_id, other_id=pair.second_id)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def dismiss_quietly(self, *, by: Any, at: datetime) -> None:
        """The same, said of a client that went into one of the two: told already, then."""
        self._decide(PairState.NOT_DUPLICATE, by, at)

    def reconsider(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Take “not a duplicate” back. Quiet when they are to be looked at already."""
        with transaction.atomic():
            pair = self._locked()
            if pair.state != PairState.NOT_DUPLICATE:
                return
            pair._decide(PairState.NEW, None, None)
            told = facts.DuplicateReconsidered(account_id=pair.first_id, other_id=pair.second_id)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _decide(self, state: PairState, by: Any, at: datetime | None) -> None:
        self.state, self.decided_by, self.decided_at = state, by, at
        self.save(update_fields=["state", "decided_by", "decided_at"])

    def _locked(self) -> "DuplicatePair":
        found = DuplicatePair.objects.select_for_update(of=("self",)).filter(pk=self.pk).first()
        if found is None:
            raise Refused(_("These two were merged meanwhile."))
        return found
