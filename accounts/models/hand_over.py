"""That somebody's portfolio goes to others: who gets what, as it was planned, and the change-set that did it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.handing_over import facts
from accounts.models.account import Account
from changes.models import ChangeSet
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

RIGHT = "users.hand_over"
MOST_RECEIVERS = 50


class Way(models.TextChoices):
    ONE = "one", gettext_lazy("all to one person")
    EQUALLY = "equally", gettext_lazy("equally: everybody gets as many clients")
    LOAD = "load", gettext_lazy("by load: who has the fewest clients gets the next")
    TERRITORY = "territory", gettext_lazy("by territory: to whoever answers for it")
    RELATIONS = "relations", gettext_lazy("by relations: to whoever knows the client already")


class HandOverQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: Any, verb: str | None = None) -> Self:
        """Those of people one leads, and once they have begun those one gave, or got something from."""
        if not user.is_authenticated:
            return self.none()
        reach = user.reach(RIGHT)
        if reach.everybody:
            return self
        mine = Q(person=user.pk) | Q(receivers__contains=[user.pk])
        return self.filter(Q(person__in=sorted(reach.people)) | mine & Q(change_set__isnull=False))

    def standing(self) -> Self:
        """Carried out, and neither taken back nor given back."""
        return self.filter(
            change_set__state="done", change_set__undone_by__isnull=True, given_back__isnull=True
        )


class HandOver(models.Model):
    """A hand-over of what `person` answers for. A draft until it has a change-set.

    Who leaves may be shut out at once; who is only away gets everything back by one click, whenever that is.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=gettext_lazy("colleague"))
    receivers = ArrayField(models.BigIntegerField(), verbose_name=gettext_lazy("who takes over"))
    way = models.CharField(gettext_lazy("who gets what"), max_length=9, choices=Way)
    is_leaving = models.BooleanField(gettext_lazy("leaves"), default=True)
    shuts_out = models.BooleanField(gettext_lazy("shut out at once"), default=False)
    until = models.DateField(gettext_lazy("away until"), null=True, blank=True)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    planned_at = models.DateTimeField()
    change_set = models.OneToOneField(ChangeSet, models.PROTECT, null=True, related_name="hand_over")
    given_back = models.OneToOneField(ChangeSet, models.PROTECT, null=True, related_name="+")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("hand-over")
        verbose_name_plural = gettext_lazy("hand-overs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="hand_over_way_known"),
            models.CheckConstraint(
                condition=Q(is_leaving=True, until=None) | Q(is_leaving=False, until__isnull=False),
                name="hand_over_until_when_away",
            ),
            models.CheckConstraint(
                condition=Q(is_leaving=True) | Q(shuts_out=False), name="hand_over_shuts_out_who_leaves"
            ),
        ]

    def __str__(self) -> str:
        return _("Portfolio of %(name)s") % {"name": self.person.name}

    def get_absolute_url(self) -> str:
        return reverse("accounts:hand_over_plan", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.change_set_id is None

    @classmethod
    def plan(
        cls,
        person: Any,
        receivers: Sequence[Any],
        *,
        way: str,
        shuts_out: bool = False,
        until: date | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "HandOver":
        """A draft: who would get what. Without `until` the person leaves. Nothing is given yet.

        An earlier draft by the same hand for the same person is forgotten.
        """
        from accounts.handing_over import planning

        _refuse_unreached(person, [*receivers], by)
        if person.pk in {each.pk for each in receivers}:
            raise Refused(_("%(name)s cannot take over from themselves.") % {"name": person.name})
        if way == Way.ONE and len(receivers) > 1:
            raise Refused(_("Choose one person, or another way to divide."))
        if until is not None and until <= company_day(at):
            raise Refused(_("Choose a day to come."))
        with transaction.atomic():
            cls.objects.filter(person=person, planned_by=by, change_set=None).delete()
            made = cls.objects.create(
                person=person,
                receivers=sorted(each.pk for each in receivers),
                way=way,
                is_leaving=until is None,
                shuts_out=shuts_out and until is None,
                until=until,
                planned_by=by,
                planned_at=at,
            )
            if not planning.divide(made, at=at):
                raise Refused(_("%(name)s has nothing to hand over.") % {"name": person.name})
            told = facts.HandOverPlanned(hand_over_id=made.pk, user_id=person.pk, name=person.name)
            tell(told, by=by, at=at, cause=cause)
        return made

    def pick(self, choices: Mapping[int, int], *, by: Any, at: datetime, cause: Any = None) -> int:
        """Parts ({part: person}) go to others than planned; how many do."""
        with transaction.atomic():
            held = self.locked()
            held.refuse_begun()
            if not set(choices.values()) <= set(held.receivers):
                raise Refused(_("Choose somebody who takes over."))
            parts = list(held.parts.filter(pk__in=choices).order_by("pk"))  # type: ignore[attr-defined]
            changed = [part for part in parts if part.to_id != choices[part.pk]]
            for part in changed:
                part.to_id = choices[part.pk]
            HandOverPart.objects.bulk_update(changed, ["to"])
            if changed:
                told = facts.HandOverReplanned(
                    hand_over_id=held.pk, user_id=held.person_id, name=held.person.name, n=len(changed)
                )
                tell(told, by=by, at=at, cause=cause)
        return len(changed)

    def start(self, *, by: Any, at: datetime, cause: Any = None) -> ChangeSet:
        """Give everything, as one change-set, and shut out who is to be shut out."""
        from accounts.handing_over import giving

        with transaction.atomic():
            held = self.locked()
            held.refuse_begun()
            _refuse_unreached(held.person, list(User.objects.filter(pk__in=held.receivers)), by)
            made = giving.begin(held, by=by, at=at)
            held.change_set = made
            held.save(update_fields=["change_set"])
            if held.shuts_out:
                held.person.deactivate(by=by, at=at)
            told = facts.HandOverStarted(
                hand_over_id=held.pk, user_id=held.person_id, name=held.person.name, change_set_id=made.pk
            )
            tell(told, by=by, at=at, cause=cause)
            giving.go_on(made, by=by, at=at)
        self.refresh_from_db()
        return made

    def give_back(self, *, by: Any, at: datetime, cause: Any = None) -> ChangeSet:
        """Who was away gets back what still belongs to those who stood in."""
        from accounts.handing_over import giving

        with transaction.atomic():
            held = self.locked()
            if objection := held.objection_to_giving_back():
                raise Refused(objection)
            _refuse_unreached(held.person, [held.person], by)
            made = giving.begin_back(held, by=by, at=at)
            held.given_back = made
            held.save(update_fields=["given_back"])
            told = facts.HandOverReturned(
                hand_over_id=held.pk, user_id=held.person_id, name=held.person.name, change_set_id=made.pk
            )
            tell(told, by=by, at=at, cause=cause)
            giving.go_on(made, by=by, at=at)
        self.refresh_from_db()
        return made

    def objection_to_giving_back(self) -> str:
        """Why it cannot be given back; empty where it can."""
        if self.is_leaving:
            return _("%(name)s leaves for good. Undo the hand-over instead.") % {"name": self.person.name}
        if self.change_set is None or not self.change_set.is_finished:
            return _("It is not handed over yet.")
        if self.given_back_id is not None or ChangeSet.objects.filter(undo_of=self.change_set_id).exists():
            return _("It went back already.")
        return ""

    def refuse_begun(self) -> None:
        if not self.is_draft:
            raise Refused(_("This hand-over has begun already."))

    def locked(self) -> "HandOver":
        held = HandOver.objects.select_for_update(of=("self",)).select_related("person", "change_set")
        return held.get(pk=self.pk)


class HandOverPart(models.Model):
    """What goes to one person: a client with all of it that is the person's, or something that has no client."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="parts", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    record = models.CharField(max_length=20, blank=True, help_text="the kind of what has no client")
    object_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    to = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    counts = models.JSONField(default=dict, help_text="how many records of each kind")
    worth = models.DecimalField(max_digits=20, decimal_places=2, default=0)

    class Meta:
        verbose_name = gettext_lazy("part of a hand-over")
        verbose_name_plural = gettext_lazy("parts of a hand-over")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, record="", object_id=None)
                | Q(account=None, object_id__isnull=False) & ~Q(record=""),
                name="hand_over_part_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["hand_over", "account"],
                condition=Q(account__isnull=False),
                name="hand_over_client_once",
            ),
            models.UniqueConstraint(
                fields=["hand_over", "record", "object_id"],
                condition=Q(object_id__isnull=False),
                name="hand_over_record_once",
            ),
        ]
        indexes = [models.Index(fields=["hand_over", "id"], name="hand_over_parts")]

    def __str__(self) -> str:
        return self.title


def _refuse_unreached(person: Any, receivers: Sequence[Any], by: Any) -> None:
    """The person and whoever takes over are of those whom the right reaches, and they work here."""
    reach = by.reach(RIGHT)
    if not reach.covers_person(person.pk) or person.is_robot:
        raise Refused(_("You may not hand over what %(name)s answers for.") % {"name": person.name})
    if not receivers:
        raise Refused(_("Choose who takes over."))
    if len(receivers) > MOST_RECEIVERS:
        raise Refused(_("At most %(n)d people can take over.") % {"n": MOST_RECEIVERS})
    for each in receivers:
        if not reach.covers_person(each.pk) or each.is_robot:
            raise Refused(_("You may not give anything to %(name)s.") % {"name": each.name})
        if not each.is_active:
            raise Refused(_("%(name)s no longer works here. Choose somebody else.") % {"name": each.name})
