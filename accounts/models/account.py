from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import facts
from accounts.custom import values
from accounts.models.custom_values import CustomValues, custom_index
from accounts.models.dictionaries import Channel, Industry, Source, Tag
from accounts.models.mergeable import Mergeable
from accounts.querysets import AccountQuerySet
from accounts.relations import holdings
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.search_text import normalised, sort_key
from users.models import User

STALE = gettext_lazy("Somebody else changed this client meanwhile. Look at it again, then send your changes.")


class AccountRole(models.TextChoices):
    CLIENT = "client", gettext_lazy("client")
    LEAD = "lead", gettext_lazy("lead")
    PARTNER = "partner", gettext_lazy("partner")
    SUPPLIER = "supplier", gettext_lazy("supplier")


class Kind(models.TextChoices):
    ORGANISATION = "organisation", gettext_lazy("organisation")
    PERSON = "person", pgettext_lazy("kind of client", "person")


@pghistory.track(
    exclude=["search_text", "sort_key", "last_event_at", "completeness"], model_name="AccountHistory"
)
class Account(Mergeable, CustomValues, models.Model):
    """A party we deal with, in one or more roles. On screen it is called a client.

    `team_ids` are the owner and the collaborators: the people who see the account without rights from above.
    """

    custom_record = "client"

    kind = models.CharField(gettext_lazy("kind"), max_length=12, choices=Kind, default=Kind.ORGANISATION)
    name = models.CharField(gettext_lazy("name"), max_length=200)
    roles = ArrayField(
        models.CharField(max_length=10, choices=AccountRole),
        verbose_name=gettext_lazy("roles"),
        default=list,
    )
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("industry")
    )
    employees = models.PositiveIntegerField(gettext_lazy("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(
        gettext_lazy("annual revenue"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=gettext_lazy("in the company's own currency"),
    )
    founded_year = models.PositiveSmallIntegerField(
        gettext_lazy("founded in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2100)],
    )
    website = models.URLField(gettext_lazy("website"), blank=True)
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=gettext_lazy("subsidiary of"),
    )
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=gettext_lazy("owner"),
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("source")
    )
    tags = models.ManyToManyField(Tag, blank=True, verbose_name=gettext_lazy("tags"))
    about = models.TextField(gettext_lazy("about"), blank=True)
    preferred_channel = models.CharField(
        gettext_lazy("preferred channel"), max_length=5, choices=Channel, blank=True, db_default=""
    )
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")
    search_text = models.TextField(editable=False)
    # Percent, counted by `accounts.completeness.counting`; None where no rule applies or it is yet to be counted.
    completeness = models.PositiveSmallIntegerField(gettext_lazy("complete"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_event_at = models.DateTimeField(null=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("client")
        verbose_name_plural = gettext_lazy("clients")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="account_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[*AccountRole.values]) & Q(roles__len__gte=1),
                name="account_roles_known",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="account_by_name"),
            models.Index(fields=["-created_at", "-id"], name="account_by_created"),
            # The list puts clients without events last, so the index must too.
            models.Index(
                F("last_event_at").desc(nulls_last=True), F("id").desc(), name="account_by_last_event"
            ),
            models.Index(fields=["owner", "completeness", "id"], name="account_by_completeness"),
            GinIndex(fields=["team_ids"], name="account_team"),
            GinIndex(fields=["roles"], name="account_roles"),
            custom_index("account_custom"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="account_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derived columns follow the name, whoever writes it."""
        self.sort_key = sort_key(self.name)
        self.search_text = normalised(self.name, self.website)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("accounts:card", args=[self.pk])

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "Account":
        """A new client of `owner` (nobody's when None). Refuses a name that is only spaces."""
        fields["name"] = _named(fields.get("name", ""))
        fields["custom"] = values.checked("client", {}, fields.get("custom", {}))
        fields.setdefault("roles", [AccountRole.LEAD])
        owner = fields.get("owner")
        with transaction.atomic():
            account = cls(created_at=at, last_event_at=at, team_ids=[owner.pk] if owner else [], **fields)
            account.save(force_insert=True)
            if account.parent_id:
                holdings.follow_parents([account.pk])
            tell(facts.AccountCreated(account_id=account.pk, name=account.name), by=by, at=at, cause=cause)
        return account

    def change(
        self, changes: dict[str, Any], *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Change plain fields, and in `custom` those named. `version` is the one the person saw, else Stale."""
        with transaction.atomic():
            account = self._locked()
            if version is not None and version != account.version:
                raise Stale(str(STALE))
            if "name" in changes:
                changes = changes | {"name": _named(changes["name"])}
            if changes.get("parent"):
                account._refuse_circle(changes["parent"])
            if "custom" in changes:
                changes = changes | {"custom": values.checked("client", account.custom, changes["custom"])}
            changed = [name for name, value in changes.items() if getattr(account, name) != value]
            if not changed:
                return
            told = values.named(changed, account.custom, changes.get("custom", {}))
            for name in changed:
                setattr(account, name, changes[name])
            account.version += 1
            account.last_event_at = at
            account.save()
            if "parent" in changed:
                holdings.follow_parents([account.pk])
            tell(facts.AccountChanged(account_id=account.pk, fields=told), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def assign(
        self, owner: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Give the client to somebody; the one before keeps seeing it as a collaborator."""
        with transaction.atomic():
            account = self._locked()
            if version is not None and version != account.version:
                raise Stale(str(STALE))
            if account.owner_id == (owner.pk if owner else None):
                return
            if owner is not None and not owner.is_active:
                raise Refused(
                    _("%(name)s no longer works here. Choose somebody else.") % {"name": owner.name}
                )
            before = account.owner
            account.owner = owner
            account.team_ids = sorted({*account.team_ids, *([owner.pk] if owner else [])})
            account.version += 1
            account.last_event_at = at
            account.save()
            tell(
                facts.AccountAssigned(
                    account_id=account.pk,
                    from_name=before.name if before else "",
                    to_name=owner.name if owner else "",
                ),
                by=by,
                at=at,
                cause=cause,
            )
        self.refresh_from_db()

    def let_see(self, user_id: int) -> None:
        """Make somebody a collaborator, such as the owner of one of this client's deals. Quiet when they are one."""
        Account.objects.filter(pk=self.pk).exclude(team_ids__contains=[user_id]).update(
            team_ids=models.Func(F("team_ids"), models.Value(user_id), function="array_append")
        )

    def become(self, role: str, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Take on a role; a lead that becomes a client stops being a lead."""
        with transaction.atomic():
            account = self._locked()
            if role in account.roles:
                return
            dropped = {AccountRole.LEAD} if role == AccountRole.CLIENT else set()
            account.roles = sorted({*account.roles, role} - dropped)
            account.version += 1
            account.save()
            tell(facts.AccountRoleTaken(account_id=account.pk, role=role), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def label_with(self, tags: Iterable[Tag], *, by: Any, at: datetime, cause: Any = None) -> None:
        """Set the tags to exactly these."""
        wanted = {tag.pk: tag.name for tag in tags}
        with transaction.atomic():
            account = self._locked()
            had = set(account.tags.values_list("pk", flat=True))
            if had == set(wanted):
                return
            account.tags.set(wanted)
            tell(
                facts.AccountTagged(account_id=account.pk, tags=sorted(wanted.values())),
                by=by,
                at=at,
                cause=cause,
            )

    def count_change(self) -> None:
        """Addresses, tax numbers or points changed: whoever has the client's form open must look again."""
        Account.objects.filter(pk=self.pk).update(version=F("version") + 1)

    def _locked(self) -> "Account":
        return Account.objects.select_for_update().get(pk=self.pk)

    def _refuse_circle(self, parent: "Account") -> None:
        """Under the lock of all trees, so that two people cannot close a circle together."""
        holdings.lock_trees()
        if holdings.stands_above(self.pk, parent.pk):
            raise Refused(_("A client cannot be a subsidiary of itself or of its own subsidiary."))
        if self.relations_up.filter(in_tree=True, until=None).exclude(kind__key="holding").exists():  # type: ignore[attr-defined]
            raise Refused(
                _("%(client)s already stands below another client. End that relation first.")
                % {"client": self}
            )


def _named(name: str) -> str:
    name = " ".join((name or "").replace("\x00", "").split())
    if not name:
        raise Refused(_("Give the client a name."))
    return name
