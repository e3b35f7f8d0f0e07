"""Addresses for people outside: signed, ending on a day, revocable; every opening is written down."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.core import signing
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from foundation.clock import company_day
from foundation.facts import tell
from users.models import User


class PublicLink(models.Model):
    """An address by which whoever has it reads one paper without signing in, until a day or until it is revoked.

    The address is signed, not kept: who reads the table cannot open it. `OF` is the field that names the paper.
    """

    SALT: ClassVar[str]
    OF: ClassVar[str]
    DOOR: ClassVar[str]
    BESIDE: ClassVar[tuple[str, ...]] = ()
    UNSHARED: ClassVar[Any]
    OPENED: ClassVar[Any]

    expires_on = models.DateField(gettext_lazy("opens until"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.paper}, {self.expires_on}"

    @classmethod
    def found_by(cls, token: str, at: datetime) -> Self | None:
        """None where it is forged, revoked or too old: a stranger learns nothing of which."""
        try:
            pk = int(signing.loads(token, salt=cls.SALT))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        links: Any = cls._default_manager.filter(pk=pk, revoked_at=None, expires_on__gte=company_day(at))
        found: Self | None = links.select_related(*(f"{cls.OF}__{each}" for each in cls.BESIDE)).first()
        return found

    @property
    def paper(self) -> Any:
        return getattr(self, self.OF)

    @property
    def token(self) -> str:
        return signing.dumps(self.pk, salt=self.SALT)

    @property
    def path(self) -> str:
        return reverse(self.DOOR, args=[self.token])

    def is_open(self, on: date) -> bool:
        return self.revoked_at is None and self.expires_on >= on

    def revoke(self, *, by: Any, at: datetime) -> None:
        """At once; a second time changes nothing."""
        with transaction.atomic():
            link = type(self)._default_manager.select_for_update().get(pk=self.pk)
            if link.revoked_at is not None:
                return
            link.revoked_at, link.revoked_by = at, by
            link.save(update_fields=["revoked_at", "revoked_by"])
            tell(self.UNSHARED(**link.paper.told(), link_id=link.pk), by=by, at=at)
        self.refresh_from_db()

    def note_opening(self, *, source: str, what: str, by: Any, at: datetime) -> None:
        """Who looks is written down; the first look of a day is told, the others are only counted."""
        with transaction.atomic():
            locked = type(self)._default_manager.select_for_update(of=("self",))
            link = locked.select_related(self.OF).get(pk=self.pk)
            before = link.last_opened_at
            link.openings.create(at=at, source=source[:45], what=what)  # type: ignore[attr-defined]
            link.last_opened_at = at
            link.save(update_fields=["last_opened_at"])
            if before is None or company_day(before) != company_day(at):
                tell(self.OPENED(**link.paper.told(), link_id=link.pk), by=by, at=at)


class PublicOpening(models.Model):
    """Somebody opened a link: when, and from which network. Subclasses say what they opened."""

    at = models.DateTimeField()
    source = models.CharField(max_length=45, blank=True, help_text="the network, not the whole address")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.link_id}: {self.at:%Y-%m-%d %H:%M}"  # type: ignore[attr-defined]
