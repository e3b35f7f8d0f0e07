"""Where a field stands in the database, found from its path: a column, a key of a JSON column, or a relation."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    DecimalField,
    F,
    Func,
    IntegerField,
    JSONField,
    ManyToManyField,
    OuterRef,
    TextField,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from foundation.automation import Field, subject
from processes.conditions.tree import CHOICES, MONEY, NUMBER, PERSON


@dataclass(frozen=True)
class Column:
    """`path` leads to a column, `key` into its JSON, and `many` is a relation to several. `keeps` is what choices are
    kept as: int, str or bool. `is_whole` where a number has no decimals. Without a path it is not in the database."""

    path: str
    kind: str
    key: str = ""
    many: Any = None
    keeps: type = str
    is_whole: bool = False

    @property
    def is_plain(self) -> bool:
        return not self.key and self.many is None

    def expression(self, prefix: str = "") -> Any:
        """What it is worth in a statement; the prefix leads to the record. JSON is read as its indexes read it."""
        if self.many is not None:
            return self._several(prefix)
        if self.is_plain:
            return F(f"{prefix}{self.path}")
        if self.kind in (NUMBER, MONEY):
            inner = KeyTransform(self.key, f"{prefix}{self.path}")
            return Func(inner, template="(%(expressions)s)::numeric", output_field=DecimalField())
        if self.kind == CHOICES:
            return Func(
                KeyTransform(self.key, f"{prefix}{self.path}"),
                template="ARRAY(SELECT jsonb_array_elements_text(%(expressions)s))",
                output_field=ArrayField(TextField()),
            )
        return KeyTextTransform(self.key, f"{prefix}{self.path}")

    def _several(self, prefix: str) -> Any:
        """The keys a relation leads to, as an array."""
        own, other = self.many.m2m_field_name(), self.many.m2m_reverse_field_name()
        links = self.many.remote_field.through._default_manager.filter(
            **{own: OuterRef(f"{prefix}{self.path}pk")}
        )
        return ArraySubquery(links.order_by(other).values(f"{other}_id"))


def column_of(field: Field) -> Column:
    if not field.lookup:
        return Column("", field.kind, keeps=int if field.kind == PERSON else str)
    return _found(field.subject, field.lookup, field.kind)


@lru_cache(maxsize=2_000)
def _found(kind_of_record: str, lookup: str, kind: str) -> Column:
    model, steps = subject(kind_of_record).model, lookup.split("__")
    for place, step in enumerate(steps):
        found = model._meta.pk if step == "pk" else model._meta.get_field(step)
        if isinstance(found, JSONField):
            return Column("__".join(steps[: place + 1]), kind, key="__".join(steps[place + 1 :]))
        if isinstance(found, ManyToManyField):
            path = "".join(f"{each}__" for each in steps[:place])
            return Column(path, kind, many=found, keeps=int)
        if found.is_relation:
            model = found.related_model
    kept = getattr(found, "base_field", found)
    whole = kept.is_relation or isinstance(kept, IntegerField)
    keeps = int if whole or kind == PERSON else bool if isinstance(kept, BooleanField) else str
    return Column(lookup, kind, keeps=keeps, is_whole=whole)
