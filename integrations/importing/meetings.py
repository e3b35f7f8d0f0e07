from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import drafts
from activities.models import Meeting, MeetingState
from integrations.fields import Field
from integrations.importing.activities import KEY_FIELD, ActivityImport, owner_fields, words
from integrations.importing.base import Step
from integrations.importing.links import LINK_FIELDS
from integrations.importing.names import name_key
from integrations.importing.record import Record
from integrations.values import choice

STATES = {
    "scheduled": "planned", "open": "planned", "запланирована": "planned", "completed": "held", "done": "held",
    "closed": "held", "проведена": "held", "состоялась": "held", "canceled": "cancelled", "not held": "cancelled",
    "отменена": "cancelled",
}  # fmt: skip
PLAIN = ("title", "place", "agenda")
USUAL = timedelta(hours=1)
LONGEST = 14 * 24 * 60
MOST_GUESTS = 200


class MeetingImport(ActivityImport):
    """Meetings that take place once, past ones with what came of them. Nobody is written to."""

    entity = "meetings"
    kind = "meeting"
    plain_fields = frozenset(PLAIN)
    fields = (
        KEY_FIELD,
        Field(
            name="title", label=gettext_lazy("What about"), is_required=True,
            synonyms=["subject", "meeting", "name", "title", "тема", "встреча", "название"],
        ),
        Field(
            name="starts_at", label=gettext_lazy("Starts"), kind="moment", is_required=True,
            synonyms=["start", "start date", "start time", "date", "begins", "начало", "дата"],
        ),
        Field(
            name="ends_at", label=gettext_lazy("Ends"), kind="moment",
            synonyms=["end", "end date", "end time", "окончание", "конец"],
        ),
        Field(name="duration", label=gettext_lazy("Minutes"), kind="number", synonyms=["duration", "длительность"]),
        *owner_fields(gettext_lazy("Organiser")),
        Field(name="place", label=gettext_lazy("Place"), synonyms=["location", "address", "место"]),
        Field(name="agenda", label=gettext_lazy("Agenda"), synonyms=["description", "notes", "описание", "повестка"]),
        Field(
            name="participants", label=gettext_lazy("Participants"),
            synonyms=["attendees", "invitees", "guests", "участники"],
        ),
        Field(name="state", label=gettext_lazy("State"), synonyms=["status", "статус", "состояние"]),
        Field(name="outcome", label=gettext_lazy("Outcome"), synonyms=["result", "результат", "итог"]),
        Field(
            name="planned_at", label=gettext_lazy("Planned"), kind="moment",
            synonyms=["created", "created at", "created on", "создана"],
        ),
        *LINK_FIELDS,
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        self.states = words(MeetingState.choices) | STATES

    def read(self, record: Record) -> dict[str, Any]:
        values = self.read_shared(record)
        values["title"] = " ".join(record.shortened("title", 200).split())
        if not values["title"] and not record.problems:
            record.reject("title", _("Say what the meeting is about."))
        if record.has("place"):
            values["place"] = record.shortened("place", 200)
        for name in ("agenda", "outcome"):
            if record.has(name):
                values[name] = self.text(record, name)
        self._read_times(record, values)
        values["state"] = record.read("state", lambda text: choice(text, self.states))
        if values["state"] == MeetingState.HELD and values["starts_at"] and values["starts_at"] > self.at:
            record.reject("state", _("It has not begun yet, so it was not held."))
        values["planned_at"] = self.past(record, "planned_at", record.read("planned_at", self.reader.moment))
        values["guests"] = self._guests(record, values["links"])
        return values

    def visible(self) -> Any:
        return Meeting.objects.visible_to(self.by).select_related(
            "owner", "room", "account", "contact", "deal"
        )

    def differences(self, step: Step) -> dict[str, Any]:
        """Also its times, and that it was held or cancelled. One that is over here is left as it is."""
        meeting, values = step.target, step.values
        if not meeting.is_planned or meeting.repeat:
            return {}
        changes = super().differences(step) | self.changed_links(step)
        for name in ("starts_at", "ends_at"):
            if values[name] != getattr(meeting, name):
                changes[name] = values[name]
        if values["state"] not in (None, MeetingState.PLANNED):
            changes["state"] = values["state"]
        return changes

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        return drafts.plan_meetings([self._draft(step.values) for step in steps], by=self.by)

    def change(self, step: Step) -> None:
        changes = dict(step.changes)
        state = changes.pop("state", None)
        if changes:
            step.target.change(changes, by=self.by, at=self.at)
        if state == MeetingState.HELD:
            step.target.hold(outcome=step.values.get("outcome", ""), by=self.by, at=self.at)
        elif state == MeetingState.CANCELLED:
            step.target.cancel(step.values.get("outcome", ""), by=self.by, at=self.at)

    def _draft(self, values: dict[str, Any]) -> drafts.MeetingDraft:
        over = values["ends_at"] <= self.at
        people, contacts, others = values["guests"]
        return drafts.MeetingDraft(
            title=values["title"],
            owner=values["owner"],
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            planned_at=values["planned_at"] or min(values["starts_at"], self.at),
            state=values["state"] or (MeetingState.HELD if over else MeetingState.PLANNED),
            links=values["links"],
            people=people,
            contacts=contacts,
            others=others,
            **{name: values[name] for name in ("place", "agenda", "outcome") if values.get(name)},
        )

    def _read_times(self, record: Record, values: dict[str, Any]) -> None:
        starts = record.read("starts_at", self.reader.moment)
        ends = record.read("ends_at", self.reader.moment)
        minutes = record.read("duration", self.reader.whole_number)
        if starts is None and not record.problems:
            record.reject("starts_at", _("Say when it begins."))
        if starts is not None and ends is None:
            if minutes is not None and not 0 < minutes <= LONGEST:
                record.reject("duration", _("A meeting lasts from a minute to two weeks."))
                minutes = None
            ends = starts + (timedelta(minutes=minutes) if minutes else USUAL)
        if starts is not None and ends is not None and ends <= starts:
            record.reject("ends_at", _("It ends before it begins."))
        values["starts_at"], values["ends_at"] = starts, ends

    def _guests(
        self, record: Record, links: drafts.Links
    ) -> tuple[list[Any], list[Any], list[tuple[str, str]]]:
        """(colleagues, contacts, others): names of colleagues, and e-mails of anybody, apart by ; or commas."""
        people: list[Any] = []
        contacts = [links.contact] if links.contact else []
        others: list[tuple[str, str]] = []
        texts = [
            each.strip() for each in record.text("participants").replace(",", ";").split(";") if each.strip()
        ]
        if len(texts) > MOST_GUESTS:
            record.reject("participants", _("Invite at most %(most)d at once.") % {"most": MOST_GUESTS})
            return [], [], []
        for text in dict.fromkeys(texts):
            known = self.owners.people.known.get(name_key(text), [])
            if len(known) == 1:
                people.append(known[0])
            elif links.contact and name_key(links.contact.name) == name_key(text):
                continue
            elif _is_address(text):
                others.append((text[:150], text))
            else:
                reason = _("Unknown participant “%(name)s”: a colleague's name or an e-mail is expected.")
                record.reject_unknown("participants", text, reason % {"name": text[:60]})
        return people, contacts, others


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
