from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from users.models import User

MOST_KEYS = 20_000
KEPT = timedelta(days=7)


class SelectionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: Any) -> Self:
        return self.filter(person_id=user.pk)


class Selection(models.Model):
    """The rows a person chose on a list, over its pages: keys, or all the filter `query` finds but those left out.

    A person has one selection for each list as it is filtered.
    """

    token = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    record = models.CharField(max_length=20)
    query = models.TextField(blank=True, help_text="the filter of the list, without its page")
    is_everything = models.BooleanField(default=False)
    keys: Any = ArrayField(models.BigIntegerField(), default=list)
    left_out: Any = ArrayField(models.BigIntegerField(), default=list)
    changed_at = models.DateTimeField()

    objects = SelectionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("selection")
        verbose_name_plural = gettext_lazy("selections")
        ordering = ["-changed_at", "pk"]
        indexes = [
            models.Index(fields=["person", "record", "-changed_at"], name="selection_of_person"),
            models.Index(fields=["changed_at"], name="selection_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.token}"

    @classmethod
    def of(cls, person: Any, record: str, query: str, *, at: datetime) -> "Selection":
        """The person's selection on this list, begun where there is none."""
        with transaction.atomic():
            User.objects.select_for_update().values_list("pk").get(pk=person.pk)
            mine = cls.objects.filter(person=person, record=record, query=query)
            found = mine.order_by("-changed_at", "pk").first()
            return found or cls.objects.create(person=person, record=record, query=query, changed_at=at)

    def choose(self, add: list[int], drop: list[int], *, by: Any, at: datetime) -> None:
        """Tick and untick rows."""
        with transaction.atomic():
            held = Selection.objects.select_for_update().get(pk=self.pk)
            if held.is_everything:
                held.left_out = sorted((set(held.left_out) | set(drop)) - set(add))
            else:
                held.keys = sorted((set(held.keys) | set(add)) - set(drop))
            if max(len(held.keys), len(held.left_out)) > MOST_KEYS:
                raise Refused(_("At most %(n)d rows can be ticked one by one.") % {"n": MOST_KEYS})
            held.changed_at = at
            held.save()
        self.refresh_from_db()

    def choose_everything(self, *, by: Any, at: datetime) -> None:
        """All rows the filter finds, on whichever page."""
        self.is_everything, self.keys, self.left_out, self.changed_at = True, [], [], at
        self.save()

    def clear(self, *, by: Any, at: datetime) -> None:
        self.is_everything, self.keys, self.left_out, self.changed_at = False, [], [], at
        self.save()

    @classmethod
    def forget_old(cls, *, at: datetime) -> None:
        cls.objects.filter(changed_at__lt=at - KEPT).delete()
