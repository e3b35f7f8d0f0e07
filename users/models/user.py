import zoneinfo
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.models import WorkingCalendar
from foundation.search_text import normalised, sort_key
from users.models.department import Department
from users.models.role import Role
from users.policy import Policy
from users.querysets import UserManager


def known_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone called %(name)s."), params={"name": name})


class Theme(models.TextChoices):
    SYSTEM = "system", gettext_lazy("as the device")
    LIGHT = "light", gettext_lazy("light")
    DARK = "dark", gettext_lazy("dark")


@pghistory.track(exclude=["password", "last_login", "search_text", "sort_key"], model_name="UserHistory")
class User(AbstractBaseUser):
    """A colleague, or the robot that acts for automation. Signs in by e-mail; without one, not at all.

    People are never deleted, only made inactive: their names stand behind years of records.
    """

    email = models.EmailField(gettext_lazy("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(gettext_lazy("name"), max_length=150)
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

    def settle(self, **preferences: Any) -> None:
        """The person's own settings: language, time_zone, theme, has_shortcuts."""
        for name, value in preferences.items():
            setattr(self, name, value)
        self.save(update_fields=list(preferences))

    def may(self, verb: str) -> bool:
        return self.policy.may(verb)

    def reach(self, verb: str) -> "Any":
        """Whose records this verb reaches: see users.policy.Reach."""
        return self.policy.reach(verb)

    def reaches(self, record: Any, verb: str) -> bool:
        """May the person do this to this record, whose people are `record.team_ids`?"""
        return self.reach(verb).covers(record.team_ids)

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
