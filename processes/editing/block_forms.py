"""The form of each kind of block."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.editing import choices
from processes.editing.forms import (
    DeadlineMixin,
    EditForm,
    Part,
    WaitMixin,
    WhoMixin,
    amount_field,
    name_field,
    text_field,
)
from processes.editing.questions import QuestionsMixin
from processes.graph.blocks import title_of
from processes.graph.outline import ways_back


class NamedForm(EditForm):
    name = name_field(gettext_lazy("Name"), gettext_lazy("How it is called in lists. May stay empty."))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {"name": value.get("name", "")}

    def changes(self) -> dict[str, Any]:
        return {"name": " ".join(self.cleaned_data["name"].split())}


class TaskForm(WhoMixin, DeadlineMixin, QuestionsMixin, NamedForm):
    name = name_field(gettext_lazy("What is to be done"), required=True)
    instructions = text_field(gettext_lazy("How it is done"), gettext_lazy("Shown to whoever does it."))
    checklist = text_field(gettext_lazy("To tick off"), gettext_lazy("One thing a line."))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {
            "instructions": value.get("instructions", ""),
            "checklist": "\n".join(value.get("checklist") or ()),
        }

    def parts(self) -> list[Part]:
        texts = self.row("instructions", "checklist")
        return [
            self.who_part(),
            *self.deadline_parts(),
            texts,
            self.places("name", "instructions"),
            self.questions_part(),
        ]

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        lines = [line.strip() for line in said["checklist"].splitlines() if line.strip()]
        return super().changes() | {
            "who": self.who_said(),
            "deadline": self.deadline(),
            "instructions": said["instructions"].strip() or None,
            "checklist": lines[:100] or None,
            "fields": self.questions.asked(),
        }


class ApprovalForm(WhoMixin, DeadlineMixin, NamedForm):
    name = name_field(gettext_lazy("What is approved"), gettext_lazy("For example: Approve the deal."))
    need = forms.ChoiceField(label=gettext_lazy("If there are several"), choices=choices.RULES)
    count = amount_field(gettext_lazy("How many of them"))
    instructions = text_field(gettext_lazy("What to look at"), gettext_lazy("Shown to whoever approves."))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        rule = value.get("rule") or {}
        return super().initial_of(value) | {
            "need": rule.get("need", "one"),
            "count": rule.get("count"),
            "instructions": value.get("instructions", ""),
        }

    def parts(self) -> list[Part]:
        rule = Part("processes/editing/part_rule.html", [self["need"], self["count"]])
        texts = [self.row("instructions"), self.places("name", "instructions")]
        return [self.who_part(), rule, *self.deadline_parts(), *texts]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("need") == "count" and not said.get("count"):
            self.add_error("count", _("Say how many have to approve."))
        return said

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        rule = {"need": said["need"]} | ({"count": said["count"]} if said["need"] == "count" else {})
        return super().changes() | {
            "who": self.who_said(),
            "rule": rule,
            "deadline": self.deadline(),
            "instructions": said["instructions"].strip() or None,
        }


class WaitForm(WaitMixin, NamedForm):
    def parts(self) -> list[Part]:
        return [*self.wait_parts(), self.row("name")]

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"for": self.wait()}


class StageForm(DeadlineMixin, NamedForm):
    name = name_field(gettext_lazy("Name of the stage"), required=True)
    goal = forms.CharField(label=gettext_lazy("What is reached by its end"), max_length=300, required=False)

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {"goal": value.get("goal", "")}

    def parts(self) -> list[Part]:
        return [self.row("name", "goal"), *self.deadline_parts()]

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"goal": self.cleaned_data["goal"] or None, "deadline": self.deadline()}


class TogetherForm(NamedForm):
    need = forms.ChoiceField(
        label=gettext_lazy("It goes on when"),
        choices=[
            ("all", gettext_lazy("all of it is done")),
            ("first", gettext_lazy("the first is done")),
            ("number", gettext_lazy("so many are done")),
        ],
    )
    number = amount_field(gettext_lazy("How many of them"))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        need = value.get("need", "all")
        number = need if isinstance(need, int) else None
        return super().initial_of(value) | {"need": "number" if number else need, "number": number}

    def parts(self) -> list[Part]:
        return [Part("processes/editing/part_rule.html", [self["need"], self["number"]]), self.row("name")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("need") == "number" and not said.get("number"):
            self.add_error("number", _("Say how many have to be done."))
        return said

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        return super().changes() | {"need": said["number"] if said["need"] == "number" else said["need"]}


class RepeatForm(NamedForm):
    way = forms.ChoiceField(
        label=gettext_lazy("Repeat"),
        choices=[
            ("times", gettext_lazy("a number of times")),
            ("until", gettext_lazy("until something is so")),
            ("each", gettext_lazy("for each of a list")),
        ],
    )
    times = amount_field(gettext_lazy("How many times"))
    each = forms.ChoiceField(label=gettext_lazy("For each of"), required=False)
    at_once = forms.BooleanField(label=gettext_lazy("All of them at once"), required=False)

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        way = next((each for each in ("until", "each") if each in value), "times")
        said = {name: value.get(name) for name in ("times", "each", "at_once")}
        return super().initial_of(value) | said | {"way": way}

    def prepare(self) -> None:
        super().prepare()
        self.fields["each"].choices = self.around.fields_like("list")  # type: ignore[attr-defined]
        self.ask("until", self.value.get("until"))

    def parts(self) -> list[Part]:
        part = Part("processes/editing/part_wait.html", asking=self.asked["until"])
        part.rows = [
            self["way"],
            {"kind": "times", "fields": [self["times"]]},
            {"kind": "each", "fields": [self["each"], self["at_once"]]},
        ]
        return [part, self.row("name")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        way = said.get("way")
        if way == "until":
            said["until"] = self.tree_of("until")
            if not said["until"] and not self.errors:
                self.add_error(None, _("Say what has to be so for it to end."))
        elif way and not said.get(way) and way not in self.errors:
            self.add_error(way, _("Say how long it goes on."))
        return said

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        at_once = (said["at_once"] or None) if said["way"] == "each" else None
        return super().changes() | {said["way"]: said[said["way"]], "at_once": at_once}


class CallForm(NamedForm):
    process = forms.ChoiceField(label=gettext_lazy("Which process"))
    is_waited_for = forms.BooleanField(label=gettext_lazy("Wait for its end"), required=False)

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        said = {"process": value.get("process"), "is_waited_for": value.get("is_waited_for", True)}
        return super().initial_of(value) | said

    def prepare(self) -> None:
        self.fields["process"].choices = [("", "—"), *self.around.processes]  # type: ignore[attr-defined]

    def parts(self) -> list[Part]:
        return [self.row("process", "is_waited_for"), self.row("name")]

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        return super().changes() | {"process": said["process"], "is_waited_for": said["is_waited_for"]}


class EndForm(EditForm):
    result = forms.CharField(
        label=gettext_lazy("Result"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A word that is shown with the run, such as: done, declined, no answer."),
    )

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"result": value.get("result", "")}

    def changes(self) -> dict[str, Any]:
        return {"result": self.cleaned_data["result"].strip() or "done"}


class BackForm(EditForm):
    to = forms.ChoiceField(label=gettext_lazy("To which step"))

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"to": value.get("to", "")}

    def prepare(self) -> None:
        found = ways_back(self.around.process.outline or {"blocks": []}, self.value["id"])
        self.fields["to"].choices = [("", "—"), *((each["id"], title_of(each)) for each in found)]  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["to"]}


class ChoiceBranchForm(NamedForm):
    heading = gettext_lazy("One of the ways")

    def prepare(self) -> None:
        self.ask("when", self.value.get("when"))

    def parts(self) -> list[Part]:
        return [self.conditions("when", _("This way is taken if")), self.row("name")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["when"] = self.tree_of("when")
        return said

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"when": self.cleaned_data["when"] or {"all": []}}


class RaceBranchForm(WaitMixin, NamedForm):
    heading = gettext_lazy("What may come first")
    key = "wait"

    def parts(self) -> list[Part]:
        return [*self.wait_parts(), self.row("name")]

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"wait": self.wait()}
