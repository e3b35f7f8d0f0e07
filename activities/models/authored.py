from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from activities.models.linked import Linked
from activities.querysets import ActivityQuerySet
from users.models import User


class Authored(Linked):
    """Something a colleague wrote down at a moment; seen by its author, their heads, and whoever sees the client."""

    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, editable=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    at = models.DateTimeField(_("when"))

    objects = ActivityQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def indexes_named(noun: str) -> list[Any]:
        return [
            models.Index(fields=["account", "-at", "-id"], name=f"{noun}_of_account"),
            models.Index(fields=["contact"], name=f"{noun}_of_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["deal", "-at", "-id"], name=f"{noun}_of_deal"),
            models.Index(fields=["author", "-at", "-id"], name=f"{noun}_of_author"),
            models.Index(F("at").desc(), F("id").desc(), name=f"{noun}_by_moment"),
            GinIndex(fields=["team_ids"], name=f"{noun}_team"),
        ]
