"""What the forms of the editor offer to choose from: people, roles, processes, fields, facts, actions. Asked once."""

from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.automation import Action, Field, all_actions, all_subjects, options_of, subject
from foundation.facts import catalogue
from processes.conditions.checking import fields_of
from processes.graph.blocks import title_of, walk
from processes.models import Process
from processes.questions import asked_of_calls, own_fields, writable
from processes.running.own_actions import ARGUMENTS, LABELS, REQUIRED
from processes.sentences import Names
from users.models import Department, Role, User

MOST_PEOPLE = 500
TIMED = frozenset({"date", "moment"})

Options = list[tuple[Any, Any]]


class Around:
    """Of one process, for one request."""

    def __init__(self, process: Process) -> None:
        self.process, self.kind = process, process.subject_kind
        self._chosen: dict[str, Options] = {}

    @cached_property
    def subject_label(self) -> str:
        found = all_subjects().get(self.kind)
        return str(found.label) if found else self.kind

    def count_words(self, found: int | None) -> str:
        """“Deals that match now: 214”; nothing while it cannot be told."""
        if found is None:
            return ""
        records = subject(self.kind).model._meta.verbose_name_plural
        return capfirst(_("%(records)s that match now: %(n)d") % {"records": records, "n": found})

    @cached_property
    def people(self) -> Options:
        found = User.objects.active().order_by("name", "pk")
        return list(found.values_list("pk", "name")[:MOST_PEOPLE])

    @cached_property
    def roles(self) -> Options:
        return [
            (key, _(name)) for key, name in Role.objects.order_by("name", "pk").values_list("key", "name")
        ]

    @cached_property
    def departments(self) -> Options:
        return list(Department.objects.order_by("name", "pk").values_list("pk", "name"))

    @cached_property
    def processes(self) -> Options:
        found = Process.objects.filter(subject_kind=self.kind).exclude(pk=self.process.pk)
        return list(found.order_by("name", "pk").values_list("key", "name"))

    @cached_property
    def fields(self) -> dict[str, Field]:
        return fields_of(self.kind)

    @cached_property
    def own_fields(self) -> dict[str, Field]:
        """What the steps ask people for, as later steps may ask about it."""
        blocks = walk(self.process.outline or {"blocks": []})
        steps = [(title_of(block), block.get("fields") or ()) for block, _depth, _place in blocks]
        return own_fields(
            [(_("a call from outside"), asked_of_calls(self.process.starts)), *steps], self.kind
        )

    @cached_property
    def writable(self) -> Options:
        """The fields of the record that a step may ask for, because its room writes them."""
        return [(name, self.fields[name].label) for name in writable(self.kind) if name in self.fields]

    @cached_property
    def places(self) -> Options:
        """What may stand in braces in a text."""
        known = self.fields | self.own_fields
        return [(name, each.label) for name, each in known.items() if each.kind not in ("list", "choices")]

    def fields_like(self, *kinds: str) -> Options:
        return [(name, each.label) for name, each in self.fields.items() if each.kind in kinds]

    def options_of_field(self, field: Field) -> Options:
        """What a field is chosen from; read once, however many rows ask about it."""
        if field.name not in self._chosen:
            self._chosen[field.name] = [(key, str(label)) for key, label in (field.options or list)()]
        return self._chosen[field.name]

    def options_of_argument(self, kind: str) -> Options:
        if kind == "person":
            return self.people
        if f"argument:{kind}" not in self._chosen:
            self._chosen[f"argument:{kind}"] = list(options_of(kind))
        return self._chosen[f"argument:{kind}"]

    @cached_property
    def facts(self) -> Options:
        """Facts about the record itself first, then those in which it only has a part, by label."""
        of_it, with_it = [], []
        for name, each in catalogue().items():
            if name.startswith("process."):
                continue
            if name.startswith(f"{self.kind}."):
                of_it.append((name, each.label))
            elif f"{self.kind}_id" in each._names:
                with_it.append((name, each.label))
        return [
            (_("About the %(record)s") % {"record": self.subject_label}, of_it),
            (_("About what belongs to it"), with_it),
        ]

    @cached_property
    def actions(self) -> dict[str, Action]:
        return {name: each for name, each in all_actions().items() if each.subject == self.kind}

    def arguments_of(self, name: str) -> tuple[dict[str, str], tuple[str, ...]]:
        """({argument: kind}, those that must be filled in) of an action."""
        if name in self.actions:
            return self.actions[name].arguments, self.actions[name].required
        return ARGUMENTS.get(name, {}), REQUIRED.get(name, ())

    @cached_property
    def action_labels(self) -> Options:
        return [*LABELS.items(), *((name, each.label) for name, each in self.actions.items())]

    @cached_property
    def names(self) -> Names:
        """What the sentences call things."""
        blocks = walk(self.process.outline or {"blocks": []})
        return Names(
            people=dict(self.people),
            roles=dict(self.roles),
            fields={name: each.label for name, each in (self.fields | self.own_fields).items()},
            actions=dict(self.action_labels),
            processes=dict(self.processes),
            facts={name: each.label for name, each in catalogue().items()},
            blocks={block["id"]: title_of(block) for block, _depth, _place in blocks},
            own=self.own_fields,
            departments=dict(self.departments),
        )
