"""The verbs of a calendar feed. Mixed into CalendarFeed. The secret is given out once; only its digest is kept."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from users.models import User

NOTED_EVERY = timedelta(hours=1)
SECRET_BYTES = 32


class FeedMoves:
    @classmethod
    def open_for(cls: Any, person: Any, *, at: datetime) -> tuple[Any, str]:
        """A new feed and its secret. The one there was stops answering."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        with transaction.atomic():
            User.objects.select_for_update().values_list("pk").get(pk=person.pk)
            cls.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
            return cls.objects.create(person=person, digest=digest_of(secret), made_at=at), secret

    @classmethod
    def revoke_of(cls: Any, person: Any, *, at: datetime) -> bool:
        """Nobody reads the person's calendar any more; whether anybody could."""
        return bool(cls.objects.filter(person=person, revoked_at=None).update(revoked_at=at))

    @classmethod
    def found_by(cls: Any, secret: str) -> Any:
        """The live feed of a secret. Digests are looked up, so what is compared tells nothing about the secret."""
        live = cls.objects.filter(digest=digest_of(secret), revoked_at=None, person__is_active=True)
        return live.first()

    def note_read(self: Any, at: datetime) -> None:
        """That somebody reads it, an hour exact: a write for every reading would be most of its cost."""
        if self.read_at is None or self.read_at < at - NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(read_at=at)


def digest_of(secret: str) -> str:
    return sha256(f"calendar feed:{secret}".encode()).hexdigest()
