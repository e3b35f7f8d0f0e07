"""What imports of tasks, meetings and calls share: whose they are, what they are about, and their words and moments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.fields import Field
from integrations.importing import external_ids
from integrations.importing.base import Importer, Step
from integrations.importing.links import LinksOfRows
from integrations.importing.owners import Owners
from integrations.importing.record import Record

LINKS = ("account", "contact", "deal")
LONGEST_TEXT = 20_000
KEY_FIELD = Field(
    name="external_id",
    label=gettext_lazy("Key in the other system"),
    synonyms=["id", "task id", "activity id", "call id", "meeting id", "номер", "код"],
)
OWNER_SYNONYMS = (
    "responsible", "assigned to", "assignee", "user", "manager", "agent", "employee", "организатор",
    "ответственный", "исполнитель", "сотрудник", "менеджер", "кто",
)  # fmt: skip


class ActivityImport(Importer):
    """Rows without a key of their own get one by their content, so that a file sent twice changes nothing."""

    natural_match = ("external_id",)
    create_right = "activities.create"
    change_right = "activities.change"

    def prepare(self) -> None:
        self.owners = Owners(self.by, view="activities.view", assign="activities.assign")
        self.people_by_key = {
            person.pk: person for found in self.owners.people.known.values() for person in found
        }
        self.links = LinksOfRows(self.by, system=self.system, is_named_system=bool(self.mapping.system))

    def _take(self, rows: Any) -> None:
        records = [self.layout.record(row) for row in rows]
        self.links.load(records)
        texts = {record.text("owner_id") for record in records} - {""}
        self.owner_keys = external_ids.objects_by_key(self.system, "user", texts) if texts else {}
        super()._take(rows)

    def read_shared(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {
            "external_id": self.read_external_id(record) or self.key_of_row(record),
            "links": self.links.read(record),
        }
        self.owners.read(record, values)
        if record.has("owner_id") and values.get("owner") is None:
            values["owner"] = self._owner_by_key(record)
        return values

    def complete(self, step: Step) -> None:
        """What nobody is named for belongs to whoever brings it; the robot's must be somebody's."""
        if step.values.get("owner") is None:
            if self.by.is_robot:
                step.record.reject("owner", _("Say whose it is."))
            step.values["owner"] = self.by

    def changed_links(self, step: Step) -> dict[str, Any]:
        """Links the row says and its target has not."""
        links = step.values["links"]
        said = {name: getattr(links, name) for name in LINKS if getattr(links, name) is not None}
        return {name: each for name, each in said.items() if getattr(step.target, f"{name}_id") != each.pk}

    def text(self, record: Record, name: str) -> str:
        return record.shortened(name, LONGEST_TEXT).replace("\x00", "")

    def past(self, record: Record, name: str, moment: datetime | None) -> datetime | None:
        if moment is not None and moment > self.at:
            record.reject(name, _("This is still to come."))
        return moment

    def _owner_by_key(self, record: Record) -> Any:
        text = record.text("owner_id")
        keys = self.owner_keys.get(text) or (
            [int(text)] if text.isascii() and text.isdigit() and not self.mapping.system else []
        )
        found = [self.people_by_key[key] for key in keys if key in self.people_by_key]
        if len(found) != 1:
            record.reject_unknown("owner_id", text, _("Unknown colleague “%(name)s”.") % {"name": text[:60]})
            return None
        if found[0].pk != self.by.pk and not self.owners.reach.covers_person(found[0].pk):
            record.reject("owner_id", self._lacks("activities.assign"))
        return found[0]


def words(choices: Sequence[tuple[Any, Any]], **other: str) -> dict[str, Any]:
    """{word or value: value}, casefolded, for `choice`; `other` are words other programs use."""
    known = {str(word).casefold(): value for value, word in choices}
    known |= {str(value).casefold(): value for value, _word in choices}
    return known | {word.replace("_", " "): value for word, value in other.items()}


def owner_fields(label: Any) -> tuple[Field, ...]:
    return (
        Field(name="owner", label=label, synonyms=OWNER_SYNONYMS),
        Field(name="owner_id", label=gettext_lazy("Colleague's key"), synonyms=["user id", "responsible id"]),
    )
