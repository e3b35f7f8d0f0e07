from django.db import models
from django.utils.translation import gettext_lazy as _


class ExternalId(models.Model):
    """What another system calls one of our records, so that its next file finds the record again.

    One key may stand for several records: two people who do not see each other's clients may each bring the
    same file. An import matches only what its person sees, and imports of one system wait for each other.
    """

    system = models.CharField(_("system"), max_length=80)
    kind = models.CharField(_("kind of record"), max_length=20)
    key = models.CharField(_("key there"), max_length=200)
    object_id = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("external key")
        verbose_name_plural = _("external keys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "kind", "key", "object_id"], name="external_id_once")
        ]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="external_id_of_record"),
            models.Index(fields=["key"], name="external_id_key"),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.key}"
