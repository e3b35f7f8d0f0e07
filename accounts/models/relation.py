"""How clients stand to one another: a holding, a branch, a referrer. Each relation is a row that both sides know."""

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models.account import Account
from accounts.querysets import RelationQuerySet
from accounts.relations import facts, holdings
from foundation.errors import Refused
from foundation.facts import tell

HOLDING = "holding"
# The words every company begins with, said in the reader's language until an administrator changes them.
BUILT_IN = {
    gettext_noop("parent company"),
    gettext_noop("subsidiary"),
    gettext_noop("head office"),
    gettext_noop("branch"),
    gettext_noop("partner"),
    gettext_noop("referrer"),
    gettext_noop("referred client"),
    gettext_noop("supplier"),
    gettext_noop("buyer"),
}


class RelationKind(models.Model):
    """What one client is to another, in two words: one for each side. Those of a tree allow no circles.

    `is_symmetric` and `is_tree` stay as they are made: the rows rest on them.
    """

    key = models.SlugField(gettext_lazy("key"), max_length=40, unique=True)
    from_label = models.CharField(
        gettext_lazy("the one side is"), max_length=60, help_text=gettext_lazy("parent company")
    )
    to_label = models.CharField(
        gettext_lazy("the other side is"), max_length=60, blank=True, help_text=gettext_lazy("subsidiary")
    )
    is_symmetric = models.BooleanField(
        gettext_lazy("the same on both sides"), default=False, help_text=gettext_lazy("such as partners")
    )
    is_tree = models.BooleanField(
        gettext_lazy("forms a tree"),
        default=False,
        help_text=gettext_lazy("each client has one above it at most, and none goes round in a circle"),
    )
    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=100)
    is_retired = models.BooleanField(gettext_lazy("retired"), default=False)

    class Meta:
        verbose_name = gettext_lazy("kind of relation")
        verbose_name_plural = gettext_lazy("kinds of relations")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_symmetric=True, is_tree=True),
                name="relation_kind_tree_has_sides",
                violation_error_message=gettext_lazy("A tree has an upper and a lower side."),
            ),
            models.CheckConstraint(
                condition=Q(is_symmetric=True) | ~Q(to_label=""),
                name="relation_kind_names_sides",
                violation_error_message=gettext_lazy("Say what the other side is called."),
            ),
        ]

    def __str__(self) -> str:
        words = (self.from_label, self.other_label)
        return said(words[0]) if self.is_symmetric else f"{said(words[0])} – {said(words[1])}"

    @property
    def other_label(self) -> str:
        return self.from_label if self.is_symmetric else self.to_label


class Relation(models.Model):
    """`from_account` is the kind's `from_label` of `to_account`: the parent company of its subsidiary.

    A relation of both sides alike is kept once, the older client first. `until` is the last day it held.
    """

    kind = models.ForeignKey(RelationKind, models.PROTECT, verbose_name=gettext_lazy("kind"))
    from_account = models.ForeignKey(Account, models.CASCADE, related_name="relations_down", db_index=False)
    to_account = models.ForeignKey(Account, models.CASCADE, related_name="relations_up", db_index=False)
    in_tree = models.BooleanField(editable=False)
    since = models.DateField(gettext_lazy("since"), null=True, blank=True)
    until = models.DateField(gettext_lazy("until"), null=True, blank=True)
    note = models.CharField(gettext_lazy("note"), max_length=200, blank=True)

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("relation")
        verbose_name_plural = gettext_lazy("relations")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")), name="relation_not_with_itself"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")), name="relation_in_order"
            ),
            models.UniqueConstraint(
                fields=["from_account", "to_account", "kind"], condition=Q(until=None), name="relation_once"
            ),
            models.UniqueConstraint(
                fields=["to_account"], condition=Q(in_tree=True, until=None), name="relation_one_above"
            ),
        ]
        indexes = [
            models.Index(fields=["from_account", "kind"], name="relation_from"),
            models.Index(fields=["to_account", "kind"], name="relation_to"),
        ]

    def __str__(self) -> str:
        return f"{self.from_account_id} → {self.to_account_id}"

    @classmethod
    def tie(
        cls,
        kind: RelationKind,
        from_account: Account,
        to_account: Account,
        *,
        since: date | None = None,
        until: date | None = None,
        note: str = "",
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "Relation":
        """From now on the one is to the other what the kind says."""
        first, second = from_account, to_account
        if kind.is_symmetric and first.pk > second.pk:
            first, second = second, first
        relation = cls(kind=kind, from_account=first, to_account=second, in_tree=kind.is_tree)
        relation.since, relation.until, relation.note = since, until, note
        with transaction.atomic():
            if kind.is_retired:
                raise Refused(_("Relations of this kind are no longer made."))
            relation._check(timezone.localdate(at))
            relation.save(force_insert=True)
            relation._push_parent(timezone.localdate(at))
            relation._tell(facts.RelationAdded, by, at, cause)
        return relation

    def change(
        self,
        *,
        since: date | None,
        until: date | None,
        note: str,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """Its days and its note; who stands in it stays. A last day in the past ends it."""
        with transaction.atomic():
            relation = self._locked()
            wanted = (since, until, note)
            if wanted == (relation.since, relation.until, relation.note):
                return
            today = timezone.localdate(at)
            was_over = relation.is_over(today)
            relation.since, relation.until, relation.note = wanted
            relation._check(today)
            relation.save(update_fields=["since", "until", "note"])
            relation._push_parent(today)
            ended = relation.is_over(today) and not was_over
            relation._tell(facts.RelationEnded if ended else facts.RelationChanged, by, at, cause)
        self.refresh_from_db()

    def untie(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """It was never so: the row goes, its event stays."""
        with transaction.atomic():
            relation = self._locked()
            relation._tell(facts.RelationRemoved, by, at, cause)
            relation.until = date.min
            relation._push_parent(timezone.localdate(at))
            relation.delete()

    def is_over(self, today: date) -> bool:
        """What stands in a tree holds or is over; anything else holds to the end of its last day."""
        return self.until is not None and (self.in_tree or self.until < today)

    def _locked(self) -> "Relation":
        return Relation.objects.select_for_update(of=("self",)).select_related("kind").get(pk=self.pk)

    def _check(self, today: date) -> None:
        if self.from_account_id == self.to_account_id:
            raise Refused(_("A client cannot be related to itself."))
        if self.since and self.until and self.until < self.since:
            raise Refused(_("The last day is before the first."))
        if self.in_tree and self.until and self.until > today:
            raise Refused(_("Give the last day once it has come: until then the one stands above the other."))
        if self.is_over(today):
            return
        # Two people tying at once would each find no circle: the second waits for the first.
        holdings.lock_trees()
        now = Relation.objects.current(today).exclude(pk=self.pk)
        if now.filter(kind=self.kind, from_account=self.from_account, to_account=self.to_account).exists():
            raise Refused(_("These two are already related in this way."))
        if not self.in_tree:
            return
        if now.filter(to_account=self.to_account, in_tree=True).exists():
            raise Refused(
                _("%(client)s already stands below another client. End that relation first.")
                % {"client": self.to_account}
            )
        if holdings.stands_above(self.to_account_id, self.from_account_id):
            raise Refused(_("This would go round in a circle: each of the two would stand above the other."))

    def _push_parent(self, today: date) -> None:
        """A client's “subsidiary of” is the one its holding relation names today."""
        if self.kind.key != HOLDING:
            return
        parent = None if self.is_over(today) else self.from_account_id
        held = Account.objects.filter(pk=self.to_account_id)
        held = held.filter(parent=self.from_account_id) if parent is None else held.exclude(parent=parent)
        held.update(parent=parent, version=F("version") + 1)

    def _tell(self, fact: Any, by: Any, at: datetime, cause: Any) -> None:
        told = fact(account_id=self.from_account_id, other_id=self.to_account_id, kind=self.kind.key)
        tell(told, by=by, at=at, cause=cause)


def said(label: str) -> str:
    return _(label) if label in BUILT_IN else label
