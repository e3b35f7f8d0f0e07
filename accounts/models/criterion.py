"""What a company wants to know about a client before it sells: questions, and a client's answers."""

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.criteria.facts import CriterionAnswered
from accounts.models.account import Account, AccountRole
from accounts.querysets import OfAccountQuerySet
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User


class Part(models.TextChoices):
    PORTRAIT = "portrait", gettext_lazy("portrait")
    QUALIFICATION = "qualification", gettext_lazy("qualification")


class Criterion(models.Model):
    """A question with yes or no for an answer. Those of the qualification make the score, by weight."""

    question = models.CharField(gettext_lazy("question"), max_length=160)
    help_text = models.CharField(gettext_lazy("explanation"), max_length=200, blank=True)
    part = models.CharField(gettext_lazy("part"), max_length=13, choices=Part, default=Part.QUALIFICATION)
    role = models.CharField(
        gettext_lazy("role"),
        max_length=10,
        choices=AccountRole,
        blank=True,
        help_text=gettext_lazy("empty: whatever the role"),
    )
    weight = models.PositiveSmallIntegerField(
        gettext_lazy("weight"), default=1, validators=[MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=100)
    is_retired = models.BooleanField(gettext_lazy("retired"), default=False)

    class Meta:
        verbose_name = gettext_lazy("criterion")
        verbose_name_plural = gettext_lazy("criteria")
        ordering = ["part", "position", "pk"]

    def __str__(self) -> str:
        return self.question


class Word(models.TextChoices):
    YES = "yes", gettext_lazy("yes")
    NO = "no", gettext_lazy("no")
    UNKNOWN = "unknown", gettext_lazy("not known")


class Answer(models.Model):
    """What a client says to a criterion, who wrote it down and when. None yet is the same as not known."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="answers", db_index=False)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="answers")
    word = models.CharField(gettext_lazy("answer"), max_length=7, choices=Word, default=Word.UNKNOWN)
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)
    answered_at = models.DateTimeField(editable=False)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("answer")
        verbose_name_plural = gettext_lazy("answers")
        ordering = ["criterion", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "criterion"], name="answer_once"),
            models.CheckConstraint(condition=Q(word__in=Word.values), name="answer_word_known"),
        ]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def give(
        cls,
        account: Account,
        criterion: Criterion,
        word: str,
        note: str = "",
        *,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "Answer":
        """The answer from now on; the same again is quiet."""
        note = " ".join(note.replace("\x00", "").split())
        if word not in Word.values:
            raise Refused(_("Answer yes, no or not known."))
        if criterion.is_retired:
            raise Refused(_("This is no longer asked."))
        with transaction.atomic():
            # The client is the lock: two first answers at once would both find none.
            Account.objects.select_for_update().filter(pk=account.pk).values_list("pk").get()
            had: Answer | None = cls.objects.filter(account=account, criterion=criterion).first()
            before = (had.word, had.note) if had else (Word.UNKNOWN, "")
            if (word, note) == before:
                return had or cls(account=account, criterion=criterion, answered_at=at, answered_by=by)
            answer = had or cls(account=account, criterion=criterion)
            answer.word, answer.note, answer.answered_at, answer.answered_by = word, note, at, by
            answer.save()
            told = CriterionAnswered(
                account_id=account.pk, question=criterion.question, word=word, note=note,
                before=before[0],
            )  # fmt: skip
            tell(told, by=by, at=at, cause=cause)
        return answer
