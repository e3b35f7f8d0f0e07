"""The column in which clients, contacts and deals keep the values of their custom fields."""

import json
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy


class ExactEncoder(json.JSONEncoder):
    """Decimals as JSON numbers. Values have at most 15 digits, which a float writes as they were."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


class ExactDecoder(json.JSONDecoder):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"parse_float": Decimal})


class CustomValues(models.Model):
    """`custom` is {key: value}: text, a Decimal, a day as ISO text, an option's key, a list of them, a client's key.

    Fields without a value are not there. Only the record's verbs write it, through `accounts.custom.values`.
    """

    custom_record: ClassVar[str]

    custom = models.JSONField(
        gettext_lazy("custom fields"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        editable=False,
        encoder=ExactEncoder,
        decoder=ExactDecoder,
    )

    class Meta:
        abstract = True


def custom_index(name: str) -> GinIndex:
    """Finds records by the option or the client a field holds: `custom @> {"segment": "retail"}`."""
    return GinIndex(fields=["custom"], opclasses=["jsonb_path_ops"], name=name)
