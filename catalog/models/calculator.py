from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.custom.formula import computed, keys_in, parsed
from catalog import facts
from catalog.models.product import Product
from catalog.models.verbs import Kept
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import minor_units

PRICE = "price"
TAKEN = {PRICE, "product", "how_many", "nonce", "version"}  # what forms around it ask for
MOST_PARAMETERS = 30
LONGEST = 300
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Calculated:
    """The price of a unit in the product's currency, what it is made of in words, and what was said: parameter by
    parameter, as text, so that it may be calculated again."""

    price: Decimal
    specification: str
    said: dict[str, str]


class Calculator(Kept, models.Model):
    """How a product made to measure is priced: typed parameters, and a formula of them and of the plain price."""

    facts_of = (facts.CalculatorCreated, facts.CalculatorChanged)

    product = models.OneToOneField(
        Product, models.PROTECT, related_name="calculator", verbose_name=gettext_lazy("product")
    )
    formula = models.CharField(
        gettext_lazy("formula"),
        max_length=500,
        help_text=gettext_lazy("+ − × ÷, brackets, numbers, keys of parameters, and price: the plain price"),
    )
    specification = models.CharField(
        gettext_lazy("specification"),
        max_length=LONGEST,
        blank=True,
        help_text=gettext_lazy("words on the line, with {key} for what was said; empty: all that was said"),
    )
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    class Meta:
        verbose_name = gettext_lazy("calculator")
        verbose_name_plural = gettext_lazy("calculators")

    def __str__(self) -> str:
        return str(self.product)

    def told_of(self) -> dict[str, Any]:
        return {"product_id": self.product_id, "name": self.product.name}

    def put_parameters(
        self, rows: Sequence[Mapping[str, Any]], *, by: Any, at: datetime, cause: Any = None
    ) -> None:
        """These parameters, in this order, instead of those it had."""
        with transaction.atomic():
            calculator = Calculator.objects.select_for_update(of=("self",)).get(pk=self.pk)
            kept = [Parameter(calculator=calculator, position=place, **row) for place, row in enumerate(rows)]
            _refuse_parameters(kept)
            calculator._refuse_unknown({each.key for each in kept})
            calculator.parameters.all().delete()
            Parameter.objects.bulk_create(kept)
            told = facts.CalculatorChanged(fields=["parameters"], **calculator.told_of())
            tell(told, by=by, at=at, cause=cause)

    def calculate(self, said: Mapping[str, Any]) -> Calculated:
        """Two statements. Refused for what cannot be, with the parameter's name."""
        if not self.is_active:
            raise Refused(_("%(name)s is not calculated any more.") % {"name": self.product})
        parameters = list(self.parameters.all())
        read = {each.key: each.read(said.get(each.key)) for each in parameters}
        self._refuse_unknown(set(read))
        values: dict[str, Decimal | None] = {key: value for key, (value, _words) in read.items()}
        price = computed(
            parsed(self.formula), values | {PRICE: self.product.price}, minor_units(self.product.currency)
        )
        if price is None or price < 0 or price >= Decimal(10) ** 12:
            raise Refused(_("No price comes out of that. Choose other values."))
        words = {key: words for key, (_value, words) in read.items()}
        return Calculated(price, self._specified(parameters, words), words)

    def _specified(self, parameters: Sequence["Parameter"], words: Mapping[str, str]) -> str:
        if self.specification:
            text = self.specification
            for each in parameters:
                text = text.replace(f"{{{each.key}}}", f"{words[each.key]} {each.unit}".strip())
        else:
            said = (f"{each.label}: {words[each.key]} {each.unit}".strip() for each in parameters)
            text = f"{self.product.name} ({', '.join(said)})"
        return " ".join(text.split())[:LONGEST]

    def _refuse_what_cannot_be(self) -> None:
        if Calculator.objects.filter(product=self.product_id).exclude(pk=self.pk).exists():
            raise Refused(_("%(name)s has a calculator already.") % {"name": self.product})
        parsed(self.formula)  # what it names is looked at with the parameters, which may be put after it

    def _refuse_unknown(self, known: set[str]) -> None:
        unknown = sorted(keys_in(parsed(self.formula)) - known - {PRICE})
        if unknown:
            raise Refused(_("The formula names %(key)s, which is no parameter.") % {"key": unknown[0]})


class Parameter(models.Model):
    """What is said of a product made to measure: a number within bounds, or one of several words with their numbers."""

    calculator = models.ForeignKey(Calculator, models.CASCADE, related_name="parameters")
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    key = models.CharField(
        gettext_lazy("key in the formula"),
        max_length=30,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", gettext_lazy("Small Latin letters, digits and _."))],
    )
    label = models.CharField(pgettext_lazy("of a parameter", "label"), max_length=80)
    unit = models.CharField(gettext_lazy("unit"), max_length=20, blank=True)
    least = models.DecimalField(
        gettext_lazy("at least"), max_digits=18, decimal_places=3, null=True, blank=True
    )
    most = models.DecimalField(
        gettext_lazy("at most"), max_digits=18, decimal_places=3, null=True, blank=True
    )
    options = models.TextField(
        gettext_lazy("choices"),
        blank=True,
        help_text=gettext_lazy("one on a line, such as: Silk = 4.50; nothing: a number is typed"),
    )

    class Meta:
        verbose_name = gettext_lazy("parameter")
        verbose_name_plural = gettext_lazy("parameters")
        ordering = ["calculator", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["calculator", "key"], name="parameter_key_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def choices(self) -> dict[str, Decimal]:
        """Numbers by their words, in their order. Refused where a line says no number."""
        found = {}
        for row in self.options.splitlines():
            if row.strip():
                words, _sign, number = row.rpartition("=")
                try:
                    value = Decimal(number.strip().replace(",", "."))
                except InvalidOperation:
                    value = Decimal("NaN")
                if not words.strip() or not value.is_finite() or abs(value) >= Decimal(10) ** 12:
                    raise Refused(
                        _("Write each choice as: words = number. “%(row)s” is none.") % {"row": row.strip()}
                    )
                found[" ".join(words.split())] = value
        return found

    def read(self, said: Any) -> tuple[Decimal, str]:
        """(the number, the words of it)"""
        text = " ".join(str(said if said is not None else "").split())
        if self.options.strip():
            if text not in self.choices:
                raise Refused(_("%(label)s: choose one of them.") % {"label": self.label})
            return self.choices[text], text
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= Decimal(10) ** 12 or value != value.quantize(THOUSANDTH):
            raise Refused(_("%(label)s: a number with at most three decimals.") % {"label": self.label})
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise Refused(_("%(label)s: %(bounds)s.") % {"label": self.label, "bounds": self.bounds})
        return value, f"{value.normalize():f}"

    @property
    def bounds(self) -> str:
        least = "" if self.least is None else f"{self.least.normalize():f}"
        most = "" if self.most is None else f"{self.most.normalize():f}"
        if least and most:
            return _("from %(least)s to %(most)s") % {"least": least, "most": most}
        return _("at least %(least)s") % {"least": least} if least else _("at most %(most)s") % {"most": most}


def _refuse_parameters(rows: Sequence[Parameter]) -> None:
    if len(rows) > MOST_PARAMETERS:
        raise Refused(_("A calculator has at most %(count)d parameters.") % {"count": MOST_PARAMETERS})
    keys = [each.key for each in rows]
    if len(set(keys)) < len(keys) or TAKEN & set(keys):
        words = {"keys": ", ".join(sorted(TAKEN))}
        raise Refused(_("Each parameter has a key of its own, and none is called %(keys)s.") % words)
    for each in rows:
        _choices = each.choices
        if each.least is not None and each.most is not None and each.least > each.most:
            raise Refused(_("%(label)s: the least is not above the most.") % {"label": each.label})
