from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models.linked import Linked
from activities.querysets import AuthoredQuerySet
from foundation.errors import Refused
from users.models import User

LONGEST_TEXT = 20_000


class Authored(Linked):
    """Something a colleague wrote down at a moment; seen by its author, their heads, and whoever sees the client."""

    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, editable=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    at = models.DateTimeField(gettext_lazy("when"))

    objects = AuthoredQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def written(cls, *, author: Any, at: datetime, people: Iterable[int] = (), **fields: Any) -> Self:
        """A new row, not saved yet. `people` see it besides its author and whoever sees what it is about."""
        row = cls(author=author, at=at, **fields)
        row.settle_links()
        row.team_ids = sorted({author.pk, *people})
        return row

    def let_see(self, people: Iterable[int]) -> None:
        self.team_ids = sorted({*self.team_ids, *people})

    def lock(self) -> Any:
        """The row locked and read afresh."""
        return type(self)._default_manager.select_for_update().get(pk=self.pk)

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


def worded(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """What was typed, as it is kept. Refused where nobody could have typed so much."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise Refused(
            _("The text is longer than %(longest)s characters. Attach it as a file instead.")
            % {"longest": longest}
        )
    return text
