"""The forms about the process itself: what begins it, and its settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.automation import all_actions
from foundation.errors import Refused
from foundation.facts import catalogue
from processes import schedules
from processes.editing import choices
from processes.editing.around import TIMED, Around
from processes.editing.forms import EditForm, Part, amount_field
from processes.editing.questions import QuestionsMixin
from processes.questions import writable
from users.models import User

DAY_UNITS = [("working_days", gettext_lazy("working days")), ("days", gettext_lazy("days"))]
ENTERS, FACT, TIME, DAY, BUTTON, CALL = "enters", "fact", "schedule", "day", "button", "call"
WAYS = {
    ENTERS: gettext_lazy("it enters a stage"),
    FACT: gettext_lazy("something else happens"),
    DAY: gettext_lazy("a day it names comes near, or is over"),
    TIME: gettext_lazy("by the calendar"),
    BUTTON: gettext_lazy("somebody presses a button"),
    CALL: gettext_lazy("a form or a call from outside comes in"),
}


def stage_of(around: Around) -> tuple[str, str] | None:
    """(fact, field) by which records of this kind enter a stage; None for those that have no stages."""
    fact, name = f"{around.kind}.moved", f"{around.kind}.stage"
    return (fact, name) if fact in catalogue() and name in around.fields else None


def entered(start: dict[str, Any], around: Around) -> tuple[Any, Any]:
    """(stage, the rest of the condition) of a start by entering a stage; (None, the whole) for any other."""
    when, of_stage = start.get("when"), stage_of(around)
    if of_stage is None or start.get("fact") != of_stage[0] or not isinstance(when, dict):
        return None, when
    parts = when.get("all") or []
    for part in parts:
        if isinstance(part, list) and len(part) == 3 and part[:2] == [of_stage[1], "is"]:
            rest = [each for each in parts if each is not part]
            return part[2], {"all": rest} if rest else None
    return None, when


class StartForm(QuestionsMixin, EditForm):
    """One of the beginnings. `value` is the start as the draft keeps it; empty for a new one."""

    heading = gettext_lazy("When does it begin?")
    way = forms.ChoiceField(label=gettext_lazy("It begins when"))
    stage = forms.ChoiceField(label=gettext_lazy("Which stage"), required=False)
    fact = forms.ChoiceField(label=gettext_lazy("What happens"), required=False)
    rule = forms.CharField(
        label=gettext_lazy("How often"), max_length=300, required=False, widget=forms.Select()
    )
    offset = amount_field(gettext_lazy("By how much"), 0)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=DAY_UNITS, required=False)
    side = forms.ChoiceField(
        label=gettext_lazy("Before or after"),
        choices=[("before", gettext_lazy("before it")), ("after", gettext_lazy("after it"))],
        required=False,
    )
    day = forms.ChoiceField(label=gettext_lazy("Which day"), required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Who sees the button"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nobody chosen: everybody who may begin processes."),
    )

    makes_new = forms.BooleanField(
        label=gettext_lazy("Make a new record where none has the e-mail or phone"), required=False
    )
    form = forms.BooleanField(
        label=gettext_lazy("A public page with a form, too"),
        required=False,
        help_text=gettext_lazy(
            "Whoever knows its address can fill it in: name, e-mail, phone and what is asked below."
        ),
    )

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        self.stage_kept, self.rest = entered(value, self.around)
        way = ENTERS if self.stage_kept is not None or (not value and stage_of(self.around)) else FACT
        if "button" in value:
            way = BUTTON
        elif "call" in value:
            way = CALL
        elif value and "fact" not in value:
            way = DAY if value.get("field") else TIME
        amount = (value.get("offset") or {}).get("amount", 0)
        return {
            "way": way,
            "stage": self.stage_kept,
            "fact": value.get("fact"),
            "rule": value.get("schedule", ""),
            "offset": abs(amount),
            "unit": (value.get("offset") or {}).get("unit"),
            "side": "after" if amount > 0 else "before",
            "day": value.get("field"),
            "roles": value.get("roles") or [],
            "makes_new": value.get("makes_new"),
            "form": value.get("form"),
        }

    def prepare(self) -> None:
        super().prepare()
        of_stage = stage_of(self.around)
        ways = [(way, label) for way, label in WAYS.items() if way != ENTERS or of_stage]
        offered = self.around.options_of_field(self.around.fields[of_stage[1]]) if of_stage else []
        kept = self.value.get("schedule")
        rules = list(choices.REPEATS[1:])
        rules += [(kept, kept)] if kept and kept not in dict(rules) else []
        self.fields["rule"].widget.choices = rules  # type: ignore[attr-defined]
        for name, found in (
            ("way", ways),
            ("stage", offered),
            ("fact", self.around.facts),
            ("day", self.around.fields_like(*TIMED)),
            ("roles", self.around.roles),
        ):
            self.fields[name].choices = found  # type: ignore[attr-defined]
        self.ask("when", self.rest, knows_answers=False)
        actions = all_actions()
        needed = {"makes_new": f"{self.around.kind}.add", "form": f"{self.around.kind}.find"}
        self._called = [name for name, action in needed.items() if action in actions]

    def parts(self) -> list[Part]:
        part = Part("processes/editing/part_wait.html", asking=self.asked["when"])
        part.rows = [
            self["way"],
            {"kind": ENTERS, "fields": [self["stage"]]},
            {"kind": FACT, "fields": [self["fact"]]},
            {"kind": TIME, "fields": [self["rule"]]},
            {"kind": DAY, "fields": [self["offset"], self["unit"], self["side"], self["day"]]},
            {"kind": BUTTON, "fields": [self["roles"]]},
            {"kind": CALL, "fields": [self[name] for name in self._called]},
        ]
        return [part, self.questions_part()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        way = said.get("way")
        needed = {ENTERS: "stage", FACT: "fact", TIME: "rule", DAY: "day"}.get(way or "")
        if needed and not said.get(needed):
            self.add_error(needed, _("Say which."))
        if way == TIME and said.get("rule"):
            try:
                schedules.checked_rule(said["rule"])
            except Refused as refusal:
                self.add_error("rule", refusal.message)
        if way == CALL:
            self._refuse_colleagues()
        elif way != BUTTON:
            said["when"] = self.tree_of("when")
        return said

    def _refuse_colleagues(self) -> None:
        """Strangers are not shown who works here."""
        known = writable(self.around.kind)
        for row in self.questions.rows:
            if (known.get(row.of_record) if row.of_record else row.kind) == "person":
                self.add_error(None, _("Who works here is not told outside: do not ask for a colleague."))

    def start(self) -> dict[str, Any]:
        said = self.cleaned_data
        when = {"when": said["when"]} if said.get("when") else {}
        match said["way"]:
            case "enters":
                return self._on_entering(said["stage"], said["when"])
            case "fact":
                return {"fact": said["fact"], **when}
            case "schedule":
                return {"schedule": said["rule"], **when}
            case "day":
                sign = -1 if said["side"] == "before" else 1
                offset = {"amount": sign * (said["offset"] or 0), "unit": said["unit"] or "working_days"}
                return {"field": said["day"], "offset": offset, **when}
            case "call":
                kept = {name: True for name in self._called if said[name]}
                asked = self.questions.asked()
                return {"call": True, **kept, **({"fields": asked} if asked else {})}
        return {"button": True, "roles": said["roles"]}

    def _on_entering(self, stage: str, rest: Any) -> dict[str, Any]:
        fact, name = stage_of(self.around) or ("", "")
        leaf = [name, "is", int(stage) if stage.isdigit() else stage]
        if isinstance(rest, dict) and "all" in rest:
            return {"fact": fact, "when": {"all": [leaf, *rest["all"]]}}
        return {"fact": fact, "when": {"all": [leaf, *([rest] if rest else [])]}}


class SettingsForm(forms.ModelForm):
    heading = gettext_lazy("Settings")
    lead = ""

    class Meta:
        from processes.models import Process

        model = Process
        fields = [
            "name", "goal", "owner", "review_on", "is_single", "pause_days", "most_begun", "most_begun_in",
            "daily_cap", "priority",
        ]  # fmt: skip
        widgets = {
            "goal": forms.Textarea(attrs={"rows": 2}),
            "review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, around: Around, data: Any = None) -> None:
        super().__init__(data, instance=around.process, auto_id="part_%s")
        self.fields["most_begun_in"].required = False
        self.fields["owner"].queryset = User.objects.active().order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]

    def parts(self) -> list[Part]:
        def row(*names: str, title: Any = "") -> Part:
            return Part("processes/editing/part_fields.html", [self[name] for name in names], title)

        return [
            row("name", "goal"),
            row("owner", "review_on"),
            row("is_single", "pause_days", title=_("For the same record")),
            row("most_begun", "most_begun_in", title=_("For all records")),
            row("daily_cap", "priority"),
        ]

    def _post_clean(self) -> None:
        """The draft is changed by its verb, not by the form."""

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "name" in said and not said["name"].strip():
            self.add_error("name", _("Give the process a name."))
        said["most_begun_in"] = said.get("most_begun_in") or self.instance.most_begun_in
        if said.get("most_begun") == 0:
            self.add_error(
                "most_begun", _("Then it would never begin. Leave it empty, or switch the process off.")
            )
        return said
