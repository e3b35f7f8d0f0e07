from typing import Any, Self

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Territory
from users.models import User


class Record(models.TextChoices):
    """What is given: the names change-sets and timelines know them by."""

    LEAD = "client", _("leads")
    DEAL = "deal", _("deals")


class Method(models.TextChoices):
    TURN = "turn", _("in turn: whoever has waited longest")
    LOAD = "load", _("the least busy: fewest open ones for their capacity")
    TERRITORY = "territory", _("who answers for the client's territory")
    KNOWN = "known", _("who knows the client: its owner, or its parent company's")


class Presence(models.TextChoices):
    AT_WORK = "at_work", _("only people at work now: in their working hours and not away")
    PRESENT = "present", _("people who are not away, at any hour")
    ANYBODY = "anybody", _("anybody, away or not")


class Otherwise(models.TextChoices):
    NEXT = "next", _("ask the next rule")
    WAIT = "wait", _("wait until somebody can take it")
    FALLBACK = "fallback", _("give it to whom is named below")


class DistributionRuleQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def ready(self) -> Self:
        """With what deciding reads: three statements."""
        lines = apps.get_model("distribution", "DistributionCandidate").objects
        return (
            self.select_related("fallback")
            .prefetch_related(
                "territories",
                Prefetch(
                    "candidates",
                    lines.select_related("person", "department", "role").order_by("position", "pk"),
                    to_attr="lines",
                ),
            )
            .order_by("position", "pk")
        )

    def in_use(self, record: str) -> Self:
        return self.filter(is_active=True, record=record)


class DistributionRule(models.Model):
    """Who gets a new lead or deal that nobody has. Rules are asked in their order; the first that fits decides.

    `query` are filters of the list of clients or deals, as in its address: whatever a list can be filtered by can be
    a rule's condition. No filters fit every record.
    """

    name = models.CharField(pgettext_lazy("of a rule", "name"), max_length=80, unique=True)
    record = models.CharField(_("gives"), max_length=6, choices=Record, default=Record.LEAD)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    query = models.TextField(_("conditions"), blank=True)
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="+", verbose_name=_("only clients in these territories")
    )
    method = models.CharField(_("to whom"), max_length=9, choices=Method, default=Method.TURN)
    presence = models.CharField(_("who counts"), max_length=8, choices=Presence, default=Presence.AT_WORK)
    otherwise = models.CharField(
        _("when nobody can take it"), max_length=8, choices=Otherwise, default=Otherwise.WAIT
    )
    hours_to_wait = models.PositiveSmallIntegerField(
        _("wait at most, hours"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 30)],
        help_text=_("Then it goes to whom is named below."),
    )
    fallback = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        verbose_name=_("who takes it then"),
        limit_choices_to={"is_active": True, "is_robot": False},
        help_text=_("Nothing stays without an owner. They are told why it came to them."),
    )
    first_step = models.CharField(
        _("first step"),
        max_length=200,
        blank=True,
        help_text=_("Planned as a task of whoever gets it, such as “Call the new lead”. Empty: none."),
    )
    first_step_days = models.PositiveSmallIntegerField(
        _("due in working days"),
        default=0,
        validators=[MaxValueValidator(60)],
        help_text=_("0: the same day"),
    )

    # Its candidates in their order, where it was read with `ready`.
    lines: "list[Any]"

    objects = DistributionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution rule")
        verbose_name_plural = _("distribution rules")
        ordering = ["record", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(record__in=Record.values), name="distribution_record_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def list_key(self) -> str:
        """The list whose filters are its conditions."""
        return {Record.LEAD: "clients", Record.DEAL: "deals"}[Record(self.record)]
