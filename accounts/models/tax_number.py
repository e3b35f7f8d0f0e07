from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import facts
from accounts.models.account import Account
from accounts.querysets import OfAccountQuerySet
from foundation.errors import Refused
from foundation.facts import tell

CHECKED_BY = {
    "ru_inn": "stdnum.ru.inn",
    "ru_ogrn": "stdnum.ru.ogrn",
    "eu_vat": "stdnum.eu.vat",
    "us_ein": "stdnum.us.ein",
    "id_npwp": "stdnum.id.npwp",
    "es_nif": "stdnum.es.nif",
}


class TaxNumberKind(models.TextChoices):
    RU_INN = "ru_inn", gettext_lazy("INN (Russia)")
    RU_OGRN = "ru_ogrn", gettext_lazy("OGRN (Russia)")
    EU_VAT = "eu_vat", gettext_lazy("VAT number (EU)")
    US_EIN = "us_ein", gettext_lazy("EIN (USA)")
    ID_NPWP = "id_npwp", gettext_lazy("NPWP (Indonesia)")
    ES_NIF = "es_nif", gettext_lazy("NIF (Spain)")
    OTHER = "other", gettext_lazy("other")


class TaxNumber(models.Model):
    """A number the state knows the client by; its check digits are checked by python-stdnum."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="tax_numbers", verbose_name=gettext_lazy("client")
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=TaxNumberKind)
    value = models.CharField(gettext_lazy("number"), max_length=40)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("tax number")
        verbose_name_plural = gettext_lazy("tax numbers")
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["account", "kind", "value"], name="tax_number_once")]
        indexes = [models.Index(fields=["value"], name="tax_number_by_value")]

    def __str__(self) -> str:
        return self.value

    @classmethod
    def replace(
        cls,
        account: Account,
        wanted: Iterable[tuple[str, str]],
        *,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """Make these (kind, number) the client's only tax numbers. Refuses one whose check digits are wrong."""
        numbers = {(kind, checked_tax_number(kind, value)) for kind, value in wanted}
        with transaction.atomic():
            had = {(each.kind, each.value): each.pk for each in cls.objects.filter(account=account)}
            if had.keys() == numbers:
                return
            cls.objects.filter(pk__in=[had[gone] for gone in had.keys() - numbers]).delete()
            TaxNumber.objects.bulk_create(
                TaxNumber(account=account, kind=kind, value=value)
                for kind, value in sorted(numbers - had.keys())
            )
            account.count_change()
            told = facts.AccountTaxNumbersChanged(
                account_id=account.pk, numbers=sorted(value for _kind, value in numbers)
            )
            tell(told, by=by, at=at, cause=cause)


def checked_tax_number(kind: str, value: str) -> str:
    """The number without spaces and dashes. Refused when its check digits are wrong."""
    from stdnum.exceptions import ValidationError

    value = value.replace("\x00", "").strip()
    module = CHECKED_BY.get(kind)
    if module is None:
        return value
    try:
        return str(import_module(module).validate(value))
    except ValidationError:
        raise Refused(
            _("“%(value)s” is not a valid %(kind)s: check the digits.")
            % {"value": value, "kind": TaxNumberKind(kind).label}
        ) from None
