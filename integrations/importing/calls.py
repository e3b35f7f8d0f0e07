from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import drafts
from activities.models import Call, CallResult, Direction
from integrations.fields import Field
from integrations.importing.activities import KEY_FIELD, ActivityImport, owner_fields, words
from integrations.importing.base import Step
from integrations.importing.links import LINK_FIELDS
from integrations.importing.record import Record
from integrations.values import choice

DIRECTIONS = {
    "outbound": "out", "outgoing call": "out", "исходящий": "out", "inbound": "in", "incoming call": "in",
    "входящий": "in",
}  # fmt: skip
RESULTS = {
    "connected": "reached", "answered": "reached", "completed": "reached", "held": "reached", "разговор": "reached",
    "missed": "no_answer", "not answered": "no_answer", "not held": "no_answer", "нет ответа": "no_answer",
    "left voicemail": "no_answer", "занято": "busy", "callback": "call_back", "перезвонить": "call_back",
}  # fmt: skip
PLAIN = ("direction", "result", "duration", "phone", "note")


class CallImport(ActivityImport):
    """Calls that took place, each told at its moment."""

    entity = "calls"
    kind = "call"
    plain_fields = frozenset(PLAIN)
    fields = (
        KEY_FIELD,
        Field(
            name="at", label=gettext_lazy("When"), kind="moment", is_required=True,
            synonyms=["date", "time", "called at", "call time", "start time", "start date", "дата", "время"],
        ),
        *owner_fields(gettext_lazy("Who")),
        Field(name="direction", label=gettext_lazy("Direction"), synonyms=["type", "call type", "направление"]),
        Field(
            name="result", label=gettext_lazy("Result"),
            synonyms=["outcome", "status", "disposition", "результат", "статус"],
        ),
        Field(
            name="duration", label=gettext_lazy("Minutes"), kind="number",
            synonyms=["duration minutes", "duration (minutes)", "длительность", "минуты"],
        ),
        Field(
            name="seconds", label=gettext_lazy("Seconds"), kind="number",
            synonyms=["duration seconds", "duration (seconds)", "секунды"],
        ),
        Field(
            name="phone", label=gettext_lazy("Phone"),
            synonyms=["number", "phone number", "to", "from", "телефон", "номер телефона"],
        ),
        Field(
            name="note", label=gettext_lazy("What was said"),
            synonyms=["notes", "comment", "description", "body", "subject", "комментарий", "описание"],
        ),
        *LINK_FIELDS,
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        self.directions = words(Direction.choices) | DIRECTIONS
        self.results = words(CallResult.choices) | RESULTS

    def read(self, record: Record) -> dict[str, Any]:
        values = self.read_shared(record)
        values["at"] = self.past(record, "at", record.read("at", self.reader.moment))
        if values["at"] is None and not record.problems:
            record.reject("at", _("Say when the call took place."))
        readings: dict[str, Any] = {
            "direction": lambda text: choice(text, self.directions),
            "result": lambda text: choice(text, self.results),
            "duration": lambda text: self._minutes(text, 1),
            "phone": self.reader.phone,
        }
        values |= {name: record.read(name, reading) for name, reading in readings.items() if record.has(name)}
        if record.has("seconds") and "duration" not in values:
            values["duration"] = record.read("seconds", lambda text: self._minutes(text, 60))
        if record.has("note"):
            values["note"] = self.text(record, "note")
        return values

    def visible(self) -> Any:
        return Call.objects.visible_to(self.by).select_related("author", "account", "contact", "deal")

    def differences(self, step: Step) -> dict[str, Any]:
        return super().differences(step) | self.changed_links(step)

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        return drafts.log_calls([self._draft(step.values) for step in steps], by=self.by)

    def change(self, step: Step) -> None:
        step.target.correct(step.changes, by=self.by, at=self.at)

    def _draft(self, values: dict[str, Any]) -> drafts.CallDraft:
        plain = {name: values[name] for name in PLAIN if values.get(name) is not None}
        return drafts.CallDraft(author=values["owner"], at=values["at"], links=values["links"], **plain)

    def _minutes(self, text: str, parts: int) -> int:
        """Whole minutes, begun ones counted."""
        number = self.reader.whole_number(text)
        if not 0 <= number <= 1440 * parts:
            raise ValueError(_("“%(text)s” is not how long a call lasts.") % {"text": text[:60]})
        return -(-number // parts)
