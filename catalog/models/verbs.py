"""How records an administrator keeps are created and changed: locked, checked, told once."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from foundation.facts import tell


class Kept:
    """`create` and `change` of a model. `facts_of` are the facts of a new one and of a changed one; `told_of()` says
    what both hold. `_refuse_what_cannot_be` looks at the record before it is written."""

    facts_of: ClassVar[tuple[Any, Any]]

    def told_of(self: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _refuse_what_cannot_be(self: Any) -> None:
        raise NotImplementedError

    @classmethod
    def create(cls: Any, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> Any:
        record: Any = cls(**fields)
        with transaction.atomic():
            record._refuse_what_cannot_be()
            record.save(force_insert=True)
            tell(cls.facts_of[0](**record.told_of()), by=by, at=at, cause=cause)
        return record

    def change(self: Any, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        model = type(self)
        with transaction.atomic():
            record = model.objects.select_for_update(of=("self",)).get(pk=self.pk)
            changed = [name for name, value in changes.items() if getattr(record, name) != value]
            if not changed:
                return
            for name in changed:
                setattr(record, name, changes[name])
            record._refuse_what_cannot_be()
            record.save()
            tell(model.facts_of[1](fields=changed, **record.told_of()), by=by, at=at, cause=cause)
        self.refresh_from_db()
