"""How the texts of a step read on a real record: the last one that whoever looks may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation.automation import subject
from processes.editing.around import Around
from processes.running.values import PLACE, Values


@dataclass
class Preview:
    """`record` is empty where there is none to show it on."""

    record: str
    texts: list[str]


def preview(around: Around, form: Any, person: Any, now: datetime) -> Preview | None:
    """None where nothing stands in braces. What only a run knows is said by its question."""
    texts = [str(field.value() or "") for part in form.parts() if part.places for field in part.fields]
    texts = [text for text in texts if PLACE.search(text)]
    if not texts:
        return None
    about = subject(around.kind)
    rows = about.model._default_manager.all()
    rows = rows.visible_to(person) if hasattr(rows, "visible_to") else rows.none()
    record = rows.order_by("-pk").first()
    if record is None:
        return Preview("", [])
    values = Values(around.kind, record.pk, now)

    def words(text: str) -> str:
        asked = PLACE.sub(lambda found: _answer(around, found[1]) or found[0], text)
        return str(values.filled(asked))

    return Preview(about.title(record), [words(text) for text in texts])


def _answer(around: Around, name: str) -> str:
    field = around.own_fields.get(name)
    if field is None and name in around.fields:
        return ""
    words = _("no such field") if field is None else field.label
    return f"[{words}]"
