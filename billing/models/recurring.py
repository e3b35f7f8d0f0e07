from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from billing import facts, repeating
from billing.drafting import DraftLine
from billing.models.invoice import Invoice, InvoiceState
from billing.models.legal_entity import BankAccount, LegalEntity
from billing.models.paper_drafting import refuse_by_hand
from deals.models import Deal
from foundation.clock import company_day
from foundation.errors import Refused, Stale
from foundation.facts import tell
from users.models import User
from users.querysets import VisibleQuerySet

LONGEST_TITLE, LONGEST_REASON = 200, 300
NUMBERS = ("quantity", "price", "percent_by_hand", "tax_percent")
# What of the header goes along as it was said; currency, days to pay and the rest have columns of their own.
KEPT = ("language", "tax_mode", "tax_rounding", "promo_code", "note")
DISCOUNTS = ("discount_percent", "discount_amount")
CHANGED = {"title", "rule", "starts_on", "ends_on", "mode", "payment_days", "lines_of"}


class RecurringMode(models.TextChoices):
    DRAFT = "draft", gettext_lazy("a draft is made")
    ISSUE = "issue", gettext_lazy("it is issued")
    SEND = "send", gettext_lazy("it is issued and sent by mail")


class RecurringState(models.TextChoices):
    ACTIVE = "active", gettext_lazy("active")
    STOPPED = "stopped", gettext_lazy("stopped")


class RecurringQuerySet(VisibleQuerySet):
    view_right = "billing.view"

    def active(self) -> Self:
        return self.filter(state=RecurringState.ACTIVE)

    def due(self, on: date) -> Self:
        return self.active().filter(next_on__lte=on)


@pghistory.track(model_name="RecurringInvoiceHistory")
class RecurringInvoice(models.Model):
    """An invoice that comes again by a rule: what it says, on which days, and what is done with it then.

    `next_on` is the day of the one made next, none when the series is over. `version` is the one the person saw;
    another since then is Stale. Invoices are made by billing/recurring.py.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="recurring_invoices", verbose_name=gettext_lazy("client")
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=gettext_lazy("own company")
    )
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    deal = models.ForeignKey(
        Deal, models.PROTECT, null=True, related_name="recurring_invoices", verbose_name=gettext_lazy("deal")
    )
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    title = models.CharField(gettext_lazy("title"), max_length=LONGEST_TITLE)
    currency = models.CharField(gettext_lazy("currency"), max_length=3)
    total = models.DecimalField(
        gettext_lazy("comes to"), max_digits=18, decimal_places=4
    )  # when it was last said
    rule = models.CharField(gettext_lazy("how often"), max_length=200)
    starts_on = models.DateField(gettext_lazy("first on"))
    ends_on = models.DateField(gettext_lazy("last on"), null=True)
    next_on = models.DateField(gettext_lazy("next on"), null=True)
    header = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    payment_days = models.PositiveSmallIntegerField(gettext_lazy("days to pay"), default=14)
    mode = models.CharField(gettext_lazy("on the day"), max_length=5, choices=RecurringMode)
    state = models.CharField(max_length=7, choices=RecurringState, default=RecurringState.ACTIVE)
    stop_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    made = models.PositiveIntegerField(default=0)
    last_refusal = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = RecurringQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("recurring invoice")
        verbose_name_plural = gettext_lazy("recurring invoices")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_on", "id"], condition=Q(state="active"), name="recurring_due"),
            models.Index(fields=["owner", "-id"], name="recurring_of_owner"),
            GinIndex(fields=["team_ids"], name="recurring_team"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("billing:recurring", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.state == RecurringState.ACTIVE

    @classmethod
    def repeat(
        cls,
        invoice: Invoice,
        rule: str,
        starts_on: date,
        ends_on: date | None = None,
        mode: str = RecurringMode.DRAFT,
        *,
        title: str = "",
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "RecurringInvoice":
        """The same again on the days of a rule: its client, header and lines, priced anew on each day where the rules
        say the price. The invoice itself stays as it is and is none of them."""
        with transaction.atomic():
            made = cls(
                account=invoice.account, deal=invoice.deal, legal_entity=invoice.legal_entity,
                owner=invoice.owner, created_at=at, created_by=by,
                team_ids=invoice.team_ids, starts_on=starts_on, ends_on=ends_on,
                payment_days=invoice.payment_days,
            )  # fmt: skip
            made._say_invoice(invoice, by=by)
            made._say_mode(mode, by=by)
            made.title = _one_line(title)[:LONGEST_TITLE] or made._usual_title()
            made._say_days(rule, starts_on, ends_on, since=company_day(at))
            made.save(force_insert=True)
            tell(facts.RecurringStarted(**made.told(), rule=made.rule), by=by, at=at, cause=cause)
        return made

    def change(
        self,
        changes: dict[str, Any],
        *,
        version: int | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """What comes next; what was made stays. `lines_of` is an invoice of the client: as that one says from now on.
        Another rule counts from `starts_on`, or from today."""
        unknown = changes.keys() - CHANGED
        if unknown:
            raise TypeError(f"No fields of a recurring invoice to change: {sorted(unknown)}.")
        with transaction.atomic():
            found = self._locked(version)
            changed = [name for name, value in changes.items() if getattr(found, name, None) != value]
            if not changed:
                return
            if changes.get("lines_of") is not None:
                found._say_invoice(changes["lines_of"], by=by)
            if {"mode", "lines_of"} & set(changed):
                found._say_mode(changes.get("mode", found.mode), by=by)
            if "title" in changed:
                found.title = _one_line(changes["title"])[:LONGEST_TITLE] or found._usual_title()
            if "payment_days" in changed:
                found.payment_days = _days_to_pay(changes["payment_days"])
            if {"rule", "starts_on", "ends_on"} & set(changed):
                found._change_days(changes, company_day(at))
            found._save()
            fields = sorted("lines" if name == "lines_of" else name for name in changed)
            tell(facts.RecurringChanged(**found.told(), fields=fields), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def stop(
        self, reason: str, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Nothing is made until it goes on."""
        reason = _one_line(reason)[:LONGEST_REASON]
        if not reason:
            raise Refused(_("Say why it stops."))
        with transaction.atomic():
            found = self._locked(version)
            if not found.is_active:
                raise Refused(_("It is stopped already."))
            found.state, found.stop_reason = RecurringState.STOPPED, reason
            found._save()
            tell(facts.RecurringStopped(**found.told(), reason=reason), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def go_on(self, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """From today on; what would have been made meanwhile is not."""
        with transaction.atomic():
            found = self._locked(version)
            if found.is_active:
                raise Refused(_("It is not stopped."))
            found.state, found.stop_reason = RecurringState.ACTIVE, ""
            found.next_on = found.day_since(max(company_day(at), found.next_on or date.min))
            if found.next_on is None:
                raise Refused(_("Its last day is over. Change until when it repeats first."))
            found._save()
            tell(facts.RecurringResumed(**found.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def day_since(self, day: date) -> date | None:
        return repeating.next_day(self.rule, first=self.starts_on, since=day, last=self.ends_on)

    def asked(self) -> list[DraftLine]:
        return [line_read(each) for each in self.lines]

    def told(self, **said: Any) -> dict[str, Any]:
        return {
            "recurring_id": self.pk,
            "account_id": self.account_id,
            "deal_id": self.deal_id,
            "owner_id": self.owner_id,
            "title": self.title,
        } | said

    def _locked(self, version: int | None) -> "RecurringInvoice":
        RecurringInvoice.objects.select_for_update().values_list("pk").get(pk=self.pk)
        beside = ("account", "legal_entity", "owner", "deal", "contact", "bank_account")
        found: RecurringInvoice = RecurringInvoice.objects.select_related(*beside).get(pk=self.pk)
        if version is not None and version != found.version:
            raise Stale(_("Somebody else changed this meanwhile. Look at it again, then send your changes."))
        return found

    def _save(self) -> None:
        self.version += 1
        self.save()

    def _say_invoice(self, invoice: Invoice, *, by: Any) -> None:
        """As an invoice says. Prices by hand are repeated by who may set them only."""
        if invoice.is_credit_note or invoice.state == InvoiceState.DISCARDED:
            raise Refused(_("Only an invoice is repeated."))
        if invoice.account_id != self.account_id:
            raise Refused(_("The invoice is another client's."))
        asked = [replace(line, line_id=None) for line in invoice.as_asked()]
        if not asked:
            raise Refused(_("The invoice has no lines yet."))
        discounts = {name: getattr(invoice, name) for name in DISCOUNTS}
        by_hand = any(
            line.product_id and (line.price is not None or line.percent_by_hand is not None) for line in asked
        )
        if by_hand or any(discounts.values()):
            refuse_by_hand(by)
        self.lines = [line_written(line) for line in asked]
        self.header = {name: getattr(invoice, name) for name in KEPT} | {"price_list": invoice.price_list_id}
        self.header |= {name: None if value is None else str(value) for name, value in discounts.items()}
        self.contact, self.bank_account = invoice.contact, invoice.bank_account
        self.currency, self.total = invoice.currency, invoice.total

    def _say_mode(self, mode: str, *, by: Any) -> None:
        if mode not in RecurringMode.values:
            raise Refused(_("Say what is done on the day."))
        if mode != RecurringMode.DRAFT and not by.reaches(self, "billing.issue"):
            raise Refused(_("You may not issue invoices. Let drafts be made, and somebody issues them."))
        self.mode = mode

    def _say_days(self, rule: str, starts_on: date, ends_on: date | None, *, since: date) -> None:
        if starts_on < since:
            raise Refused(_("The first one is made today at the earliest."))
        self.rule = repeating.checked(rule)
        self.starts_on, self.ends_on = starts_on, ends_on
        self.next_on = self.day_since(starts_on)
        if self.next_on is None:
            raise Refused(_("It ends before the first one is made. Choose a later last day."))

    def _change_days(self, changes: dict[str, Any], today: date) -> None:
        """A day that was made already is not made again: billing/recurring.py looks."""
        rule, ends_on = changes.get("rule", self.rule), changes.get("ends_on", self.ends_on)
        starts_on = changes.get("starts_on", self.starts_on)
        if (rule, starts_on) != (self.rule, self.starts_on):
            if starts_on == self.starts_on:
                starts_on = max(today, starts_on)
            self._say_days(rule, starts_on, ends_on, since=today)
        else:
            self.ends_on = ends_on
            self.next_on = self.day_since(self.next_on or today)

    def _usual_title(self) -> str:
        if self.deal is not None:
            return str(self.deal.title)[:LONGEST_TITLE]
        first: DraftLine = self.asked()[0]
        return first.title[:LONGEST_TITLE] or str(self.account)


class RecurringRun(models.Model):
    """One day of a recurring invoice: what was made of it, or why nothing was."""

    recurring = models.ForeignKey(RecurringInvoice, models.CASCADE, related_name="runs")
    on = models.DateField(gettext_lazy("day"))
    invoice = models.ForeignKey(Invoice, models.SET_NULL, null=True, related_name="made_by")
    refusal = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = gettext_lazy("invoice made again")
        verbose_name_plural = gettext_lazy("invoices made again")
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["recurring", "on"], name="recurring_run_once")]

    def __str__(self) -> str:
        return f"{self.on}"


def line_written(line: DraftLine) -> dict[str, Any]:
    """Only what it says; numbers as text."""
    usual = asdict(DraftLine())
    said = {name: value for name, value in asdict(line).items() if value != usual[name]}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}


def line_read(said: dict[str, Any]) -> DraftLine:
    return DraftLine(**said | {name: Decimal(said[name]) for name in NUMBERS if name in said})


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _days_to_pay(number: int) -> int:
    if not 0 <= number <= 3650:
        raise Refused(_("Days to pay are between 0 and 3650."))
    return number
