import zoneinfo
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.errors import Refused
from foundation.facts import tell
from foundation.models import WorkingCalendar
from foundation.search_text import normalised, sort_key
from users import facts
from users.models.department import Department
from users.models.role import Grant, Role
from users.policy import Policy
from users.querysets import UserManager


def known_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone called %(name)s."), params={"name": name})


class Theme(models.TextChoices):
    SYSTEM = "system", gettext_lazy("as the device")
    LIGHT = "light", gettext_lazy("light")
    DARK = "dark", gettext_lazy("dark")


@pghistory.track(
    exclude=["password", "last_login", "search_text", "sort_key", "session_series", "unread"],
    model_name="UserHistory",
)
class User(AbstractBaseUser):
    """A colleague, or the robot that acts for automation. Signs in by e-mail; without one, not at all.

    People are never deleted, only made inactive: their names stand behind years of records.
    """

    email = models.EmailField(gettext_lazy("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=150)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C", db_index=True)
    search_text = models.CharField(max_length=400, editable=False)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=gettext_lazy("department"),
    )
    roles = models.ManyToManyField(
        Role, blank=True, related_name="people", verbose_name=gettext_lazy("roles")
    )
    calendar = models.ForeignKey(
        WorkingCalendar,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("own working calendar"),
    )
    language = models.CharField(
        gettext_lazy("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = models.CharField(
        gettext_lazy("time zone"),
        max_length=60,
        default=settings.COMPANY_TIME_ZONE,
        validators=[known_time_zone],
    )
    theme = models.CharField(gettext_lazy("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    has_shortcuts = models.BooleanField(gettext_lazy("single-key shortcuts"), default=True)
    is_active = models.BooleanField(gettext_lazy("may sign in"), default=True)
    is_robot = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    # Part of every session's signature: raising it ends all sessions of the person, and none comes back later.
    session_series = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Notifications not read yet, kept by users.notifications.inbox in the transaction that changes them.
    unread = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = gettext_lazy("colleague")
        verbose_name_plural = gettext_lazy("colleagues")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["is_robot"], condition=Q(is_robot=True), name="user_one_robot"),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_null_not_blank"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derived columns follow the name, whoever writes it."""
        self.email = (self.email or "").strip().lower() or None
        self.sort_key = sort_key(self.name)
        self.search_text = normalised(self.name, self.email or "")
        if not self._state.adding and kwargs.get("update_fields") is None:
            # The counter of unread notifications moves under others' hands; a person read earlier must not undo it.
            own = {field.name for field in self._meta.concrete_fields} - {"id", "unread"}
            kwargs["update_fields"] = own
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()

    @cached_property
    def policy(self) -> Policy:
        """What this person may do and how far; read with the person, in one statement, by PersonBackend."""
        return Policy.of(self)

    @classmethod
    def join(
        cls,
        *,
        name: str,
        email: str | None,
        password: str | None = None,
        roles: Iterable[Role] = (),
        by: Any,
        at: datetime,
        cause: Any = None,
        **fields: Any,
    ) -> "User":
        """A new colleague. Without a password they choose one by “Forgot the password?”."""
        with transaction.atomic():
            user = cls(name=name, email=email, joined_at=at, **fields)
            user._refuse_taken_email()
            user.set_password(password)
            user.save()
            user.roles.set(roles)
            keys = sorted(user.roles.values_list("key", flat=True))
            tell(facts.UserJoined(user_id=user.pk, name=user.name, roles=keys), by=by, at=at, cause=cause)
        return user

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        """What the administrator decides: name, e-mail, department, roles, calendar, language, time zone, password."""
        changes = dict(changes)
        roles, password = changes.pop("roles", None), changes.pop("password", None)
        with transaction.atomic():
            user = self._locked()
            changed = [name for name, value in changes.items() if getattr(user, name) != value]
            for name in changed:
                setattr(user, name, changes[name])
            if "email" in changed:
                user._refuse_taken_email()
            if password:
                user.set_password(password)
                changed.append("password")
            user.save()
            keys = user._take_roles(roles) if roles is not None else None
            if keys is not None:
                changed.append("roles")
            if changed:
                told = facts.UserChanged(user_id=user.pk, name=user.name, fields=changed, roles=keys)
                tell(told, by=by, at=at, cause=cause)
        self._read_again()

    def deactivate(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Ends every session of theirs at once; their records and their name stay."""
        if by.pk == self.pk:
            raise Refused(_("You cannot shut yourself out. Ask another administrator."))
        with transaction.atomic():
            user = self._locked()
            if not user.is_active:
                return
            user.is_active = False
            user.session_series += 1
            user.save()
            refuse_without_administrator()
            tell(facts.UserDeactivated(user_id=user.pk, name=user.name), by=by, at=at, cause=cause)
        self._read_again()

    def reactivate(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            user = self._locked()
            if user.is_active:
                return
            user.is_active = True
            user.save()
            tell(facts.UserReactivated(user_id=user.pk, name=user.name), by=by, at=at, cause=cause)
        self._read_again()

    def settle(self, *, at: datetime | None = None, **preferences: Any) -> None:
        """The person's own settings: language, time_zone, theme, has_shortcuts. Only another zone is news."""
        with transaction.atomic():
            before = (
                User.objects.select_for_update(no_key=True)
                .values_list("time_zone", flat=True)
                .get(pk=self.pk)
            )
            for name, value in preferences.items():
                setattr(self, name, value)
            self.save(update_fields=list(preferences))
            if self.time_zone != before:
                told = facts.UserTimeZoneChanged(
                    user_id=self.pk, name=self.name, before=before, after=self.time_zone
                )
                tell(told, by=self, at=at or timezone.now())

    def may(self, verb: str) -> bool:
        return self.policy.may(verb)

    def reach(self, verb: str) -> "Any":
        """Whose records this verb reaches: see users.policy.Reach."""
        return self.policy.reach(verb)

    def reaches(self, record: Any, verb: str) -> bool:
        """May the person do this to this record, whose people are `record.team_ids`?"""
        return self.reach(verb).covers(record.team_ids)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        key_salt = "users.models.User.get_session_auth_hash"
        signed = f"{self.session_series}:{self.password}"
        return salted_hmac(key_salt, signed, secret=secret, algorithm="sha256").hexdigest()

    def _locked(self) -> "User":
        user = User.objects.select_for_update().get(pk=self.pk)
        if user.is_robot:
            raise Refused(_("The robot acts for automation; nobody changes it."))
        return user

    def _take_roles(self, roles: Iterable[Role]) -> list[str] | None:
        """Keys of the roles after the change; None when they are the same as before."""
        before = set(self.roles.values_list("pk", flat=True))
        self.roles.set(roles)
        if before == set(self.roles.values_list("pk", flat=True)):
            return None
        refuse_without_administrator()
        return sorted(self.roles.values_list("key", flat=True))

    def _refuse_taken_email(self) -> None:
        email = (self.email or "").strip().lower()
        if email and User.objects.filter(email=email).exclude(pk=self.pk).exists():
            raise Refused(_("Somebody else signs in with %(email)s.") % {"email": email})

    def _read_again(self) -> None:
        """The record and what the person may do, as they are now."""
        self.refresh_from_db()
        for name in ("policy", "policy_grants", "policy_colleagues", "policy_roles"):
            self.__dict__.pop(name, None)

    # What Django's admin asks of a user.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.may("admin.configure")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


def refuse_without_administrator() -> None:
    """Called inside the change: nobody may be left who could undo it."""
    configuring = Grant.objects.filter(verb="admin.configure").order_by().values("role")
    if not User.objects.active().filter(roles__in=configuring).exists():
        raise Refused(_("Somebody must be able to configure the company. Name another administrator first."))
