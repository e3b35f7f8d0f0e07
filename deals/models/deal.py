from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.custom import values
from accounts.models import Account, Source
from accounts.models.custom_values import CustomValues, custom_index
from deals import facts
from deals.funnel import SumShift, TotalShift, shift_sums, shift_totals
from deals.models.deal_estimate import DealEstimate
from deals.models.deal_moves import DealMoves
from deals.models.deal_parts import DealParts
from deals.models.deal_team import DealTeam
from deals.models.deal_transfer import DealTransfer
from deals.models.loss_reason import LossReason
from deals.models.pipeline import Pipeline, Stage
from deals.querysets import DealQuerySet
from foundation import timeline
from foundation.clock import company_day
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.money import base_amount
from foundation.search_text import normalised
from users.models import User


class State(models.TextChoices):
    OPEN = "open", gettext_lazy("open")
    WON = "won", gettext_lazy("won")
    LOST = "lost", gettext_lazy("lost")


@pghistory.track(
    exclude=["search_text", "rank", "last_touch_at", "next_meeting_at"], model_name="DealHistory"
)
class Deal(DealMoves, DealTransfer, DealTeam, DealEstimate, DealParts, CustomValues, models.Model):
    """A promise we are trying to win.

    `state` repeats the kind of the stage so that indexes can use it; only the verbs write either. The amount is
    in `currency`; `rate` and `base_amount` (the company's currency) are frozen at `rate_on`.
    """

    custom_record = "deal"

    title = models.CharField(gettext_lazy("title"), max_length=200)
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        db_index=False,
        verbose_name=gettext_lazy("client"),
    )
    pipeline = models.ForeignKey(
        Pipeline, models.PROTECT, related_name="deals", db_index=False, verbose_name=gettext_lazy("pipeline")
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="deals", db_index=False, verbose_name=gettext_lazy("stage")
    )
    state = models.CharField(max_length=4, choices=State, default=State.OPEN, editable=False)
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        db_index=False,
        verbose_name=gettext_lazy("owner"),
    )
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    amount = models.DecimalField(
        gettext_lazy("amount"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(gettext_lazy("currency"), max_length=3, default=settings.BASE_CURRENCY)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=Decimal(1), editable=False)
    rate_on = models.DateField(editable=False)
    base_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("source")
    )
    expected_close_on = models.DateField(gettext_lazy("expected close"), null=True, blank=True)
    next_step = models.CharField(gettext_lazy("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(gettext_lazy("next step on"), null=True, blank=True)
    loss_reason = models.ForeignKey(
        LossReason, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("loss reason")
    )
    loss_note = models.TextField(gettext_lazy("what happened"), blank=True)
    # Null for nearly all: their stage says it. The reason is null with it, so that the columns cost nothing.
    probability = models.PositiveSmallIntegerField(gettext_lazy("own estimate, %"), null=True, editable=False)
    probability_reason = models.CharField(  # noqa: DJ001
        gettext_lazy("why"), max_length=200, null=True, editable=False
    )
    opened_at = models.DateTimeField(gettext_lazy("opened"), editable=False)
    opened_on = models.DateField(editable=False)
    entered_stage_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(gettext_lazy("closed"), null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    # What rooms above push down, see deals/touches.py; so no list has to join them.
    last_touch_at = models.DateTimeField(gettext_lazy("last touch"), null=True, editable=False)
    next_meeting_at = models.DateTimeField(null=True, editable=False)
    rank = models.FloatField(
        default=0, editable=False, help_text="place in its column of the board, least first"
    )
    search_text = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("deal")
        verbose_name_plural = gettext_lazy("deals")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="deal_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_on__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False, closed_on__isnull=False)),
                name="deal_closed_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="lost") | Q(loss_reason__isnull=False), name="deal_lost_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__lte=100),
                name="deal_probability_percent",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="deal_amount_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="deal_by_opened"),
            models.Index(fields=["owner", "-opened_at", "-id"], name="deal_of_owner"),
            models.Index(fields=["account", "-opened_at"], name="deal_of_account"),
            models.Index(fields=["stage", "rank", "id"], name="deal_on_board", condition=Q(state="open")),
            models.Index(fields=["stage", "-opened_at", "-id"], name="deal_of_stage"),
            models.Index(fields=["pipeline", "state", "closed_on"], name="deal_by_closed"),
            # Said as the list orders it: without NULLS LAST the planner would sort a million rows.
            models.Index(F("base_amount").desc(nulls_last=True), F("id").desc(), name="deal_by_worth"),
            models.Index(fields=["next_step_on", "id"], name="deal_by_next_step", condition=Q(state="open")),
            models.Index(
                fields=["expected_close_on", "id"], name="deal_by_expected_close", condition=Q(state="open")
            ),
            # What waits with whom, and what is quiet, is counted from this alone: for a hundred people 60 ms, not 9 s.
            models.Index(
                fields=["owner", "next_step_on"],
                include=["stage", "entered_stage_at", "last_touch_at", "next_meeting_at"],
                condition=Q(state="open"),
                name="deal_waiting_of_owner",
            ),
            # Few have an estimate of their own: the board adds them to its weighted sums from this alone.
            models.Index(
                fields=["stage", "id"],
                condition=Q(state="open", probability__isnull=False),
                name="deal_estimated",
            ),
            custom_index("deal_custom"),
            GinIndex(fields=["team_ids"], name="deal_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="deal_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The search text follows the title and the client's name."""
        written = kwargs.get("update_fields")
        if written is None or {"title", "account", "search_text"} & set(written):
            self.search_text = normalised(self.title, self.account.name if self.account else "")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("deals:page", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_won(self) -> bool:
        return self.state == State.WON

    @property
    def is_lost(self) -> bool:
        return self.state == State.LOST

    @classmethod
    def create(
        cls, *, title: str, stage: Stage, by: Any, at: datetime, cause: Any = None, **fields: Any
    ) -> "Deal":
        """A new deal in an open stage. The client's people come to know its owner."""
        title = _titled(title)
        if not stage.is_open:
            raise Refused(_("A deal begins in an open stage."))
        if stage.pipeline.is_retired:
            raise Refused(_("The pipeline “%(name)s” takes no new deals.") % {"name": stage.pipeline.name})
        owner = fields.get("owner")
        fields["custom"] = values.checked("deal", {}, fields.get("custom", {}))
        with transaction.atomic():
            deal = cls(
                title=title,
                pipeline=stage.pipeline,
                stage=stage,
                opened_at=at,
                opened_on=company_day(at),
                entered_stage_at=at,
                rank=-at.timestamp(),
                team_ids=[owner.pk] if owner else [],
                **fields,
            )
            deal._freeze_rate(company_day(at))
            deal.save(force_insert=True)
            deal._let_owner_see_account()
            deal._enter(None, stage, by=by, at=at, cause=cause)
            told = facts.DealCreated(
                deal_id=deal.pk,
                account_id=deal.account_id,
                title=deal.title,
                stage=stage.name,
                amount=deal.amount,
                currency=deal.currency,
            )
            tell(told, by=by, at=at, cause=cause)
        return deal

    def change(
        self, changes: dict[str, Any], *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Change plain fields: title, account, amount, currency, source, expected close, next step, custom.

        In `custom` only what is named changes.
        `version` is the one the person saw; another since then is Stale. A won deal keeps its amount.
        """
        with transaction.atomic():
            deal = self._locked(version)
            if "title" in changes:
                changes = changes | {"title": _titled(changes["title"])}
            if "custom" in changes:
                changes = changes | {"custom": values.checked("deal", deal.custom, changes["custom"])}
            changed = [name for name, value in changes.items() if getattr(deal, name) != value]
            if not changed:
                return
            is_worth = {"amount", "currency"} & set(changed)
            if is_worth and not deal.is_open:
                raise Refused(_("The deal is closed: reopen it to change its amount."))
            before = deal.base_amount or Decimal(0)
            names = values.named(changed, deal.custom, changes.get("custom", {}))
            for name in changed:
                setattr(deal, name, changes[name])
            if is_worth:
                deal._freeze_rate(company_day(at))
                worth = (deal.base_amount or Decimal(0)) - before
                shift_totals([TotalShift(deal.stage_id, deal.owner_id, 0, worth)])
            deal.version += 1
            deal.save()
            if "account" in changed:
                deal._let_owner_see_account()
            told = facts.DealChanged(deal_id=deal.pk, account_id=deal.account_id, fields=names)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def plan_next_step(
        self,
        text: str,
        on: date | None,
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """Say what happens next and when; an empty text and no day clear it."""
        text = " ".join(text.replace("\x00", "").split())
        if text and on is None:
            raise Refused(_("Say on which day the next step is due."))
        with transaction.atomic():
            deal = self._locked(version)
            if not deal.is_open:
                raise Refused(_("The deal is closed: there is no next step to plan."))
            if (deal.next_step, deal.next_step_on) == (text, on):
                return
            deal.next_step, deal.next_step_on = text, on
            deal.version += 1
            deal.save(update_fields=["next_step", "next_step_on", "version"])
            told = facts.DealNextStepPlanned(
                deal_id=deal.pk, account_id=deal.account_id, next_step=text, next_step_on=on
            )
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def assign(
        self, owner: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Give the deal to somebody; the one before keeps seeing it. Its cohort moves to the new owner."""
        with transaction.atomic():
            deal = self._locked(version)
            if deal.owner_id == (owner.pk if owner else None):
                return
            if owner is not None and not owner.is_active:
                raise Refused(
                    _("%(name)s no longer works here. Choose somebody else.") % {"name": owner.name}
                )
            before = deal.owner
            deal._move_sums(before.pk if before else None, owner.pk if owner else None)
            deal.owner = owner
            deal.team_ids = sorted({*deal.team_ids, *([owner.pk] if owner else [])})
            deal.version += 1
            deal.save()
            deal._let_owner_see_account()
            told = facts.DealAssigned(
                deal_id=deal.pk,
                account_id=deal.account_id,
                from_name=before.name if before else "",
                to_name=owner.name if owner else "",
            )
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _locked(self, version: int | None) -> "Deal":
        # The lock first and alone: joined to its stage, a row that somebody moves while we wait would vanish,
        # because PostgreSQL looks at the new row with the old stage beside it.
        Deal.objects.select_for_update().values_list("pk").get(pk=self.pk)
        deal = Deal.objects.select_related("stage", "pipeline", "account", "owner").get(pk=self.pk)
        if version is not None and version != deal.version:
            raise Stale(deal._said_by_whom())
        return deal

    def _locked_alone(self, version: int | None) -> "Deal":
        """For verbs that keep title and client: what stands beside the deal is as this one has read it."""
        deal = Deal.objects.select_for_update().get(pk=self.pk)
        for name, beside in self._state.fields_cache.items():
            if beside is not None and getattr(deal, f"{name}_id", None) == beside.pk:
                deal._state.fields_cache[name] = beside
        if version is not None and version != deal.version:
            raise Stale(deal._said_by_whom())
        return deal

    def _said_by_whom(self) -> str:
        """Who changed the deal last, and where it stands: for the one who came second."""
        last = timeline.page("deal", self.pk, limit=1).entries
        if not last:
            return _("This deal was changed meanwhile: it is in “%(stage)s” now.") % {
                "stage": self.stage.name
            }
        return _("%(who)s changed this deal meanwhile: it is in “%(stage)s” now.") % {
            "who": last[0].actor_name,
            "stage": self.stage.name,
        }

    def _freeze_rate(self, on: date) -> None:
        self.rate_on = on
        if self.amount is None:
            self.rate, self.base_amount = Decimal(1), None
        else:
            self.rate, self.base_amount = base_amount(self.amount, self.currency, on)

    def _let_owner_see_account(self) -> None:
        if self.account is not None and self.owner_id is not None:
            self.account.let_see(self.owner_id)

    def _move_sums(self, before: int | None, after: int | None) -> None:
        # A deal that changed its pipeline passed stages of several.
        passed = self.passages.values_list("stage_id", "stage__pipeline_id")
        # Sums first and totals second, as every verb does, so that two verbs never wait for each other.
        shift_sums(
            SumShift(pipeline_id, self.opened_on, stage_id, owner_id, reached=step)
            for stage_id, pipeline_id in passed
            for owner_id, step in ((before, -1), (after, 1))
        )
        worth = self.base_amount or Decimal(0)
        shift_totals(
            [
                TotalShift(self.stage_id, before, -1, -worth),
                TotalShift(self.stage_id, after, 1, worth),
            ]
        )


def _titled(title: str) -> str:
    title = " ".join((title or "").replace("\x00", "").split())
    if not title:
        raise Refused(_("Give the deal a title."))
    return title
