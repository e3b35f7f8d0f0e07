"""Fields a company adds to its records, kept by an administrator. Their values stand on the records themselves."""

import re
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.custom import definitions, formula
from foundation.errors import Refused

KEY = re.compile(r"\A[a-z][a-z0-9_]*\Z")
MOST_DECIMALS = 6
known_key = RegexValidator(
    KEY, gettext_lazy("Use small Latin letters, digits and _, and begin with a letter: floor_area.")
)


class RecordKind(models.TextChoices):
    CLIENT = "client", gettext_lazy("client")
    CONTACT = "contact", gettext_lazy("contact")
    DEAL = "deal", gettext_lazy("deal")


class FieldKind(models.TextChoices):
    TEXT = "text", gettext_lazy("text")
    NUMBER = "number", gettext_lazy("number")
    MONEY = "money", gettext_lazy("money, in the company's own currency")
    DATE = "date", gettext_lazy("day")
    CHOICE = "choice", gettext_lazy("one of several")
    CHOICES = "choices", gettext_lazy("some of several")
    RELATION = "relation", gettext_lazy("another client")
    FORMULA = "formula", gettext_lazy("formula of other fields")


NUMERIC = {FieldKind.NUMBER, FieldKind.MONEY}
WITH_OPTIONS = {FieldKind.CHOICE, FieldKind.CHOICES}
WITH_UNIT = {FieldKind.NUMBER, FieldKind.FORMULA}


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def with_options(self) -> "CustomFieldQuerySet":
        """All in their order, with `offered`: the options as values. One statement."""
        options = CustomOption.objects.filter(field=OuterRef("pk")).order_by("position", "pk")
        offered = options.values(json=JSONObject(key="key", label="label", is_retired="is_retired"))
        return self.annotate(offered=ArraySubquery(offered)).order_by("position", "pk")


class CustomField(models.Model):
    """A field of clients, contacts or deals. `record`, `key` and `kind` stay as they are made: values rest on them.

    It is retired, never deleted while a record carries a value. Ranges and decimals bind what is typed from now on.
    """

    record = models.CharField(gettext_lazy("of a"), max_length=7, choices=RecordKind)
    key = models.CharField(
        gettext_lazy("key"),
        max_length=40,
        validators=[known_key],
        help_text=gettext_lazy("what formulas, imports and processes call it; never changes"),
    )
    label = models.CharField(gettext_lazy("label"), max_length=80)
    kind = models.CharField(gettext_lazy("kind"), max_length=8, choices=FieldKind)
    unit = models.CharField(
        gettext_lazy("unit"), max_length=16, blank=True, help_text=gettext_lazy("of a number: %, m², pcs")
    )
    least = models.DecimalField(gettext_lazy("least"), max_digits=18, decimal_places=6, null=True, blank=True)
    most = models.DecimalField(gettext_lazy("most"), max_digits=18, decimal_places=6, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(
        gettext_lazy("decimals"), default=0, validators=[MaxValueValidator(MOST_DECIMALS)]
    )
    formula = models.CharField(
        gettext_lazy("formula"),
        max_length=formula.LONGEST,
        blank=True,
        help_text=gettext_lazy("+ − × ÷, brackets and keys of numeric fields: floor_area × rent ÷ 12"),
    )
    is_required = models.BooleanField(
        gettext_lazy("required"),
        default=False,
        help_text=gettext_lazy("wherever the whole form is filled in"),
    )
    is_indexed = models.BooleanField(
        gettext_lazy("indexed for filtering and sorting"),
        default=False,
        help_text=gettext_lazy("Takes some disk and time on every change. Choices and clients always are."),
    )
    help_text = models.CharField(gettext_lazy("help text"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=100)
    is_retired = models.BooleanField(
        gettext_lazy("retired"),
        default=False,
        help_text=gettext_lazy("kept on old records, asked on no new ones"),
    )

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("custom field")
        verbose_name_plural = gettext_lazy("custom fields")
        ordering = ["record", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "key"], name="custom_field_once"),
            models.CheckConstraint(
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(least__lte=models.F("most")),
                name="custom_field_range",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget_definitions()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        gone = super().delete(*args, **kwargs)
        forget_definitions()
        return gone

    def clean(self) -> None:
        """What an administrator may define: parts that fit the kind, and a formula that can be computed."""
        if self.key in definitions.OWN_NUMBERS.get(self.record, ()):
            raise ValidationError({"key": _("The record itself has a field of this name.")})
        if self.kind not in WITH_UNIT:
            self.unit = ""
        if self.kind not in NUMERIC:
            self.least = self.most = None
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValidationError({"most": _("The most must not be less than the least.")})
        if self.kind != FieldKind.FORMULA:
            self.formula = ""
            return
        self.is_required = self.is_indexed = False
        if not self.formula.strip():
            raise ValidationError({"formula": _("Say what the field is computed from.")})
        try:
            self._refuse_unknown(formula.keys_in(formula.parsed(self.formula)))
        except Refused as refusal:
            raise ValidationError({"formula": refusal.message}) from None

    def _refuse_unknown(self, keys: set[str]) -> None:
        """Formulas are computed from numbers only, never from one another, so none goes round in a circle."""
        numbers = CustomField.objects.filter(record=self.record, kind__in=NUMERIC).values_list(
            "key", flat=True
        )
        own = definitions.OWN_NUMBERS.get(self.record, ())
        unknown = sorted(keys - {*numbers, *own})
        if unknown:
            known = ", ".join([*sorted(numbers), *own]) or "—"
            raise Refused(
                _("“%(key)s” is not a numeric field of this record. There are: %(known)s.")
                % {"key": unknown[0], "known": known}
            )


class CustomOption(models.Model):
    """One of the words to choose from. Records keep its key, so that it may be renamed; retired, it stays readable."""

    field = models.ForeignKey(CustomField, models.CASCADE, related_name="options")
    key = models.CharField(gettext_lazy("key"), max_length=40, validators=[known_key])
    label = models.CharField(gettext_lazy("label"), max_length=80)
    position = models.PositiveSmallIntegerField(gettext_lazy("position"), default=100)
    is_retired = models.BooleanField(gettext_lazy("retired"), default=False)

    class Meta:
        verbose_name = gettext_lazy("option")
        verbose_name_plural = gettext_lazy("options")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["field", "key"], name="custom_option_once")]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget_definitions()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        gone = super().delete(*args, **kwargs)
        forget_definitions()
        return gone


def forget_definitions() -> None:
    """At once, for what follows in this transaction, and after it, for what another request read meanwhile."""
    definitions.kept.forget()
    transaction.on_commit(definitions.kept.forget)
