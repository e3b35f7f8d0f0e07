"""What every form of the editor is made of: a heading, parts drawn by templates, and changes read back."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from processes.editing import choices
from processes.editing.around import TIMED, Around
from processes.editing.asking import Asking

LATE_ROWS, LEAST_ROWS = 8, 2
SEVERAL, MOST_SEVERAL, LEAST_SEVERAL = "several", 20, 2
COUNTED_IN = gettext_lazy("Counted in")


@dataclass
class Part:
    """A piece of a form and the template that draws it."""

    template: str
    fields: list[Any] = field(default_factory=list)
    title: Any = ""
    asking: Asking | None = None
    rows: list[Any] = field(default_factory=list)

    @property
    def places(self) -> bool:
        """Its fields are texts into which fields of the record may be put."""
        return self.template.endswith("part_places.html")


class EditForm(forms.Form):
    """A form about one part of the draft. `value` is what the draft says of it now."""

    heading: Any = ""
    lead: Any = ""

    def __init__(self, around: Around, value: dict[str, Any], data: Any = None) -> None:
        self.around, self.value = around, value
        self.asked: dict[str, Asking] = {}
        super().__init__(data, initial=self.initial_of(value), auto_id="part_%s")
        self.prepare()

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        """Fields that depend on what there is to choose from."""

    def parts(self) -> list[Part]:
        return [self.row(*self.fields)]

    def changes(self) -> dict[str, Any]:
        """What the block is to say; None takes a setting away. For a form that is valid."""
        return {}

    def row(self, *names: str, title: Any = "") -> Part:
        return Part("processes/editing/part_fields.html", [self[name] for name in names], title)

    def ask(self, prefix: str, tree: Any, *, knows_answers: bool = True) -> None:
        own = self.around.own_fields if knows_answers else {}
        self.asked[prefix] = Asking(self.around, prefix, tree, self.data if self.is_bound else None, own)

    def conditions(self, prefix: str, title: Any) -> Part:
        return Part(Asking.template, title=title, asking=self.asked[prefix])

    def places(self, *names: str) -> Part:
        """What may be put into these texts, to choose from; and how they read on a record."""
        part = Part("processes/editing/part_places.html", [self[name] for name in names])
        part.rows = [(f"{{{name}}}", label) for name, label in self.around.places]
        return part

    def tree_of(self, prefix: str) -> Any:
        """The condition under a prefix; an error of the form where it is none."""
        try:
            return self.asked[prefix].tree()
        except Refused as refusal:
            self.add_error(None, refusal.message)
            return None


def name_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=required, help_text=help_text)


def amount_field(label: Any, least: int | None = 1) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=10_000, widget=widget)


def unit_field(label: Any = COUNTED_IN) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices.UNITS, required=False)


def text_field(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4_000, required=False, widget=widget, help_text=help_text)


class DeadlineMixin(EditForm):
    """How long it may take, a warning before, and what is done step by step once it is late."""

    deadline_amount = amount_field(gettext_lazy("Time for it"))
    deadline_unit = unit_field()
    deadline_side = forms.ChoiceField(
        label=gettext_lazy("Whose time"),
        choices=choices.SIDES,
        required=False,
        help_text=gettext_lazy("Whom we wait for."),
    )
    warn_amount = amount_field(gettext_lazy("Remind before the end, by"))
    warn_unit = unit_field()

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        deadline = value.get("deadline") or {}
        warn = (deadline.get("warn") or [{}])[0]
        return super().initial_of(value) | {
            "deadline_amount": deadline.get("amount"),
            "deadline_unit": deadline.get("unit"),
            "deadline_side": deadline.get("side"),
            "warn_amount": warn.get("amount"),
            "warn_unit": warn.get("unit"),
        }

    def prepare(self) -> None:
        super().prepare()
        self.late = (self.value.get("deadline") or {}).get("late") or []
        sent = sum(f"late-{number}-do" in self.data for number in range(LATE_ROWS))
        more = 1 if self.data.get("again") == "late" else 0
        shown = min(LATE_ROWS, max(len(self.late) + 1, LEAST_ROWS, sent) + more)
        for number in range(shown):
            kept = self.late[number] if number < len(self.late) else {}
            self._add_late(f"late-{number}", kept)
        self.late_shown = shown

    def _add_late(self, name: str, kept: dict[str, Any]) -> None:
        self.fields[f"{name}-do"] = forms.ChoiceField(
            label=_("If late"), choices=choices.LATE, required=False
        )
        self.fields[f"{name}-to"] = forms.ChoiceField(
            label=_("To whom"),
            required=False,
            choices=choices.who_choices(self.around, kept.get("to")),
        )
        self.fields[f"{name}-amount"] = amount_field(_("After"))
        self.fields[f"{name}-unit"] = unit_field()
        to = choices.who_written(kept.get("to")) or "head"
        said = {
            "do": kept.get("do", ""),
            "to": to,
            "amount": kept.get("amount", int(name.removeprefix("late-")) + 1),
            "unit": kept.get("unit"),
        }
        self.initial.update({f"{name}-{part}": value for part, value in said.items()})

    def deadline_parts(self) -> list[Part]:
        rows = [
            {part: self[f"late-{number}-{part}"] for part in ("do", "to", "amount", "unit")}
            for number in range(self.late_shown)
        ]
        late = Part("processes/editing/part_late.html", title=_("When the time is over"), rows=rows)
        late.fields = [self["warn_amount"], self["warn_unit"]]
        return [self.row("deadline_amount", "deadline_unit", "deadline_side", title=_("How long")), late]

    def deadline(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said.get("deadline_amount"):
            return None
        deadline: dict[str, Any] = {
            "amount": said["deadline_amount"],
            "unit": said["deadline_unit"] or "working_days",
            "side": said["deadline_side"] or "us",
        }
        if said.get("warn_amount"):
            more = ((self.value.get("deadline") or {}).get("warn") or [])[1:]
            deadline["warn"] = [{"amount": said["warn_amount"], "unit": said["warn_unit"]}, *more]
        late = [step for number in range(self.late_shown) if (step := self._late_step(f"late-{number}"))]
        late += self.late[self.late_shown :]
        if late:
            deadline["late"] = late
        return deadline

    def _late_step(self, name: str) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not (do := said.get(f"{name}-do")):
            return None
        step = {"amount": said[f"{name}-amount"] or 1, "unit": said[f"{name}-unit"], "do": do}
        if do == "give":
            step["to"] = choices.who_read(said[f"{name}-to"])
        elif do == "escalate":
            step["to"] = {"kind": "head"}
        return step

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        steps = any(said.get(f"late-{number}-do") for number in range(self.late_shown))
        if (steps or said.get("warn_amount")) and not said.get("deadline_amount"):
            self.add_error("deadline_amount", _("Say how long it may take before it is late."))
        return said


class WhoMixin(EditForm):
    """Who: one drop-down, and below it, where several are chosen, one for each of them in their order."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), choices=())

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        who = value.get("who") or {}
        several = who.get("kind") == "people"
        return super().initial_of(value) | {"who": SEVERAL if several else choices.who_written(who)}

    def prepare(self) -> None:
        super().prepare()
        who = self.value.get("who") or {}
        kept = list(who.get("ids") or ()) if who.get("kind") == "people" else []
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            *choices.who_choices(self.around, None if kept else who),
            (SEVERAL, _("Several people…")),
        ]
        sent = sum(f"several-{number}" in self.data for number in range(MOST_SEVERAL))
        more = 1 if self.data.get("again") == SEVERAL else 0
        self.several_shown = min(MOST_SEVERAL, max(len(kept) + 1, LEAST_SEVERAL, sent) + more)
        gone = [
            (key, _("somebody who is no longer here")) for key in kept if key not in dict(self.around.people)
        ]
        offered = [("", "—"), *self.around.people, *gone]
        for number in range(self.several_shown):
            label = _("Person %(n)d") % {"n": number + 1}
            self.fields[f"several-{number}"] = forms.TypedChoiceField(
                label=label, choices=offered, required=False, coerce=int, empty_value=None
            )
            self.initial[f"several-{number}"] = kept[number] if number < len(kept) else None

    def who_part(self) -> Part:
        part = Part("processes/editing/part_who.html", [self["name"], self["who"]])
        part.rows = [self[f"several-{number}"] for number in range(self.several_shown)]
        return part

    def _several(self) -> list[int]:
        """Each once, in the order given."""
        said = [self.cleaned_data.get(f"several-{number}") for number in range(self.several_shown)]
        return list(dict.fromkeys(each for each in said if each is not None))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("who") == SEVERAL and not self._several():
            self.add_error("several-0", _("Say who they are."))
        return said

    def who_said(self) -> dict[str, Any] | None:
        if self.cleaned_data["who"] == SEVERAL:
            return {"kind": "people", "ids": self._several()}
        return choices.who_read(self.cleaned_data["who"])


WAYS_TO_WAIT = [
    ("time", gettext_lazy("some time")),
    ("field", gettext_lazy("until a day the record names")),
    ("fact", gettext_lazy("until something happens")),
    ("condition", gettext_lazy("until something is so")),
]


class WaitMixin(EditForm):
    """What is waited for: some time, a day of the record, something that happens, something that is so."""

    wait_kind = forms.ChoiceField(label=gettext_lazy("Wait"), choices=WAYS_TO_WAIT)
    wait_amount = amount_field(gettext_lazy("How long"))
    wait_unit = unit_field()
    wait_field = forms.ChoiceField(label=gettext_lazy("Which day"), required=False)
    wait_side = forms.ChoiceField(
        label=gettext_lazy("Before or after"),
        choices=[("after", gettext_lazy("after it")), ("before", gettext_lazy("before it"))],
        required=False,
    )
    wait_offset = amount_field(gettext_lazy("By how much"), 0)
    wait_offset_unit = unit_field()
    wait_fact = forms.ChoiceField(label=gettext_lazy("What happens"), required=False)

    key = "for"

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        wait = value.get(self.key) or {}
        kind = next((each for each in ("field", "fact", "condition") if each in wait), "time")
        amount = wait.get("amount") or 0
        return super().initial_of(value) | {
            "wait_kind": kind,
            "wait_amount": amount if kind == "time" and amount else 1,
            "wait_unit": wait.get("unit"),
            "wait_field": wait.get("field"),
            "wait_side": "before" if amount < 0 else "after",
            "wait_offset": abs(amount),
            "wait_offset_unit": wait.get("unit"),
            "wait_fact": wait.get("fact"),
        }

    def prepare(self) -> None:
        super().prepare()
        wait = self.value.get(self.key) or {}
        self.fields["wait_field"].choices = self.around.fields_like(*TIMED)  # type: ignore[attr-defined]
        self.fields["wait_fact"].choices = self.around.facts  # type: ignore[attr-defined]
        self.ask("wait", wait.get("when") or wait.get("condition"))

    def wait_parts(self) -> list[Part]:
        part = Part("processes/editing/part_wait.html", title=_("What is waited for"))
        part.rows = [
            self["wait_kind"],
            {"kind": "time", "fields": [self["wait_amount"], self["wait_unit"]]},
            {
                "kind": "field",
                "fields": [self[f"wait_{each}"] for each in ("offset", "offset_unit", "side", "field")],
            },
            {"kind": "fact", "fields": [self["wait_fact"]]},
        ]
        part.asking = self.asked["wait"]
        return [part]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        kind = said.get("wait_kind")
        if kind in ("fact", "condition"):
            said["wait_tree"] = self.tree_of("wait")
            if kind == "condition" and not said["wait_tree"] and not self.errors:
                self.add_error(None, _("Say what has to be so."))
        needed = {"time": "wait_amount", "field": "wait_field", "fact": "wait_fact"}.get(kind or "")
        if needed and not said.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Say what is waited for."))
        return said

    def wait(self) -> dict[str, Any]:
        said = self.cleaned_data
        match said["wait_kind"]:
            case "time":
                return {"amount": said["wait_amount"], "unit": said["wait_unit"] or "working_days"}
            case "field":
                sign = -1 if said["wait_side"] == "before" else 1
                amount = sign * (said["wait_offset"] or 0)
                return {"field": said["wait_field"], "amount": amount, "unit": said["wait_offset_unit"]}
            case "fact":
                when = {"when": said["wait_tree"]} if said["wait_tree"] else {}
                return {"fact": said["wait_fact"], **when}
        return {"condition": said["wait_tree"]}
