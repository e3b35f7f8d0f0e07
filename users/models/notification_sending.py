from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.models.notification import Notification
from users.models.user import User


class PushKey(models.Model):
    """The pair by which browsers' push services know this installation (VAPID, RFC 8292). There is one.

    The private half is encrypted with a key made from SECRET_KEY, so that a copy of the database alone is worth
    nothing. Under another SECRET_KEY a new pair is made and browsers subscribe again.
    """

    public = models.CharField(max_length=100, help_text="uncompressed point of P-256, base64url")
    private = models.TextField(help_text="encrypted")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("push key")
        verbose_name_plural = _("push keys")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_push_key")]

    def __str__(self) -> str:
        return self.public


class PushSubscription(models.Model):
    """A browser that shows notifications of a person. Forgotten as soon as its push service says it is gone."""

    person = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    public = models.CharField(max_length=100, help_text="the browser's key, base64url")
    secret = models.CharField(max_length=40, help_text="the browser's shared secret, base64url")
    browser = models.CharField(_("browser"), max_length=120, blank=True)
    made_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.browser or self.endpoint[:60]


class Sending(models.Model):
    """A mail or a browser message on its way out: the outbox.

    Claimed by pushing `due_at` past a lease, so a killed worker's rows come back; tried again with growing pauses;
    then stuck, where the administration shows it. `message_id` never changes, so a mail that left twice because
    its worker died between sending and noting it is recognised as one.
    """

    class By(models.TextChoices):
        MAIL = "mail", _("mail")
        PUSH = "push", _("browser")

    person = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("to"))
    channel = models.CharField(_("by"), max_length=4, choices=By)
    kind = models.CharField(_("kind"), max_length=40, help_text="of the notification, or a digest")
    notification = models.ForeignKey(Notification, models.CASCADE, null=True, related_name="sendings")
    subscription = models.ForeignKey(PushSubscription, models.CASCADE, null=True, related_name="+")
    title = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    message_id = models.UUIDField(unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(null=True)
    stuck_at = models.DateTimeField(_("stuck since"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=["mail", "push"]), name="sending_channel_known"),
            models.CheckConstraint(
                condition=Q(channel="mail") | Q(notification__isnull=False, subscription__isnull=False),
                name="sending_push_has_browser",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="sending_due",
                condition=Q(sent_at__isnull=True, stuck_at__isnull=True),
            ),
            models.Index(fields=["stuck_at"], name="sending_stuck", condition=Q(stuck_at__isnull=False)),
            models.Index(fields=["sent_at"], name="sending_sent", condition=Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title or self.kind


class Digest(models.Model):
    """That a person's summary of a day was made, or found to have nothing to say: once, whoever asks again."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    on = models.DateField(help_text="by the person's calendar")
    made_at = models.DateTimeField(default=timezone.now)
    is_empty = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "on"], name="digest_once")]
        indexes = [models.Index(fields=["on"], name="digest_by_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.on}"
