from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.feed_moves import FeedMoves
from users.models import User


class CalendarFeed(FeedMoves, models.Model):
    """A secret address at which a person's calendar can be read by other programs, until it is revoked.

    Only a digest of the secret is kept; the address is shown once, when it is made.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="one_live_feed_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"
