"""Well-formed input only: what may happen to a task is said by its verbs."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.consents.forms import WelcomeForm
from accounts.models import Channel
from activities.chains import NextStep, Suggestion
from activities.due import at_local, day_there
from activities.forms.about import AboutForm
from activities.forms.repeat import EstimateField, RemindersForm, RepeatForm, day_field
from activities.forms.task_project import InProjectForm
from activities.models import Priority, Task, TaskKind
from users.models import User

REACHED_BY = {
    TaskKind.CALL: Channel.PHONE,
    TaskKind.MAIL: Channel.EMAIL,
    TaskKind.MESSAGE: Channel.CHAT,
    TaskKind.VISIT: Channel.VISIT,
}
QUICK_DAYS = [("0", _("Today")), ("1", _("Tomorrow")), ("3", _("+3 days")), ("7", _("+1 week"))]
MOST_LINES = 50


def time_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def text_field(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=10_000, widget=widget, **kwargs)


def due_of(day: date | None, clock: Any, zone: str) -> dict[str, Any]:
    """A day, or a moment by the wall clock of whoever typed it."""
    if day is None or clock is None:
        return {"due_on": day, "due_at": None}
    return {"due_on": None, "due_at": at_local(day, clock, zone)}


class DueForm(forms.Form):
    """A day, and a time of day where it matters; both empty for some day."""

    due_on = day_field(_("Due"))
    due_time = time_field(_("At"))
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("due_time") and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say on which day."))
        return cleaned


class TaskForm(WelcomeForm, InProjectForm, AboutForm, RepeatForm, RemindersForm, DueForm):
    """The fields creating and changing share."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.TODO)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL, coerce=int
    )
    estimate = EstimateField(
        label=_("Estimate"), help_text=_("of work, as “1h 30m”, “90” minutes or “1.5 h”")
    )
    starts_on = day_field(_("Not before"))
    description = text_field(_("Details"))
    controller = forms.ModelChoiceField(
        User.objects.none(), label=_("Accepted by"), required=False, empty_label=_("nobody checks it"),
        help_text=_("Who checks the work before it counts as done"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.task.controller_id if self.task is not None else None
        people = User.objects.visible_to(self.person).active().exclude(pk=self.owner_key())
        self.fields["controller"].queryset = people | User.objects.filter(pk=kept)  # type: ignore[attr-defined]
        self.offer_projects()

    def owner_key(self) -> int | None:
        return self.task.owner_id if self.task is not None else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["repeat"] = self.clean_repeat(cleaned, self._first_day(cleaned))
        about, kind = cleaned.get("contact") or cleaned.get("account"), cleaned.get("kind", "")
        if self.task is None or (about, kind) != (self.task.contact or self.task.account, self.task.kind):
            self.welcome(about, REACHED_BY.get(kind, ""))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """As fields of a task."""
        said = self.cleaned_data
        names = ("title", "kind", "priority", "estimate", "starts_on", "description", "controller", "repeat")
        due = due_of(said["due_on"], said["due_time"], self.person.time_zone)
        return {**{name: said[name] for name in names}, **due, **self.links(), **self.in_project()}

    def _first_day(self, cleaned: dict[str, Any]) -> date | None:
        """The first day of the series, on the calendar of whoever does the work."""
        day, clock = cleaned.get("due_on"), cleaned.get("due_time")
        if day is None or clock is None:
            return day
        owner = self.task.owner if self.task is not None else cleaned.get("owner") or self.person
        return day_there(at_local(day, clock, self.person.time_zone), owner.time_zone)


class NewTaskForm(TaskForm):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who"), required=False, empty_label=None)
    checklist = text_field(_("Checklist"), help_text=_("one line for each thing to tick"))
    template = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    parent = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_for(self.person)  # type: ignore[attr-defined]
        if not self.person.may("activities.assign"):
            del self.fields["owner"]

    def lines(self) -> list[str]:
        said = self.cleaned_data["checklist"].replace("\x00", "").splitlines()
        return [" ".join(line.split())[:200] for line in said if line.strip()][:MOST_LINES]


class FinishForm(forms.Form):
    """Outcome and next step in one: a day, a quick button that gives the day, or why nothing follows."""

    outcome = text_field(_("What came of it"), rows=2)
    next_title = forms.CharField(label=_("What happens next"), max_length=200, required=False)
    next_kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices, required=False)
    next_on = day_field(_("Day"))
    next_time = time_field(_("At"))
    quick = forms.ChoiceField(choices=QUICK_DAYS, required=False)
    nothing = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("Why nothing follows"), max_length=200, required=False)
    catch_up = forms.BooleanField(label=_("Plan the times missed meanwhile, too"), required=False)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, person: Any, suggestion: Suggestion | None, must_say: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.suggestion, self.must_say = person, suggestion, must_say

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("nothing"):
            if not cleaned.get("reason", "").strip() and self.must_say:
                self.add_error("reason", _("Say why nothing follows."))
            return cleaned
        if cleaned.get("quick"):
            cleaned["next_on"] = timezone.localdate() + timedelta(days=int(cleaned["quick"]))
            cleaned["next_time"] = None
        title = cleaned.get("next_title", "").strip()
        if title and not cleaned.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Say on which day."))
        if not title and (self.must_say or cleaned.get("quick")):
            self.add_error("next_title", _("Say what happens next, or that nothing does and why."))
        return cleaned

    def next_step(self) -> NextStep | None:
        said = self.cleaned_data
        title = said["next_title"].strip()
        if said["nothing"] or not title:
            return None
        suggested = self.suggestion if self.suggestion and self.suggestion.title == title else None
        return NextStep(
            title,
            kind=said["next_kind"] or (suggested.kind if suggested else TaskKind.TODO),
            template=suggested.template if suggested else None,
            **due_of(said["next_on"], said["next_time"], self.person.time_zone),
        )

    def no_next_step(self) -> str:
        """Why nothing follows, where somebody said that it does not."""
        said = self.cleaned_data
        return said["reason"].strip() or str(_("nothing follows")) if said["nothing"] else ""


class ReasonForm(forms.Form):
    """Why it goes back, or will not be done."""

    reason = text_field(_("Why"), rows=2)
    with_series = forms.BooleanField(label=_("End the whole series, not only this time"), required=False)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not task.repeat:
            del self.fields["with_series"]


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_for(person)  # type: ignore[attr-defined]


def people_for(person: Any) -> Any:
    """Those to whom a person may give work: themselves, and whom their right reaches."""
    people = User.objects.active()
    reach = person.reach("activities.assign")
    return people if reach.everybody else people.filter(pk__in={*reach.people, person.pk})


class BulkFinishForm(forms.Form):
    outcome = text_field(_("What came of it"), rows=2)
    reason = forms.CharField(
        label=_("Why nothing follows"), max_length=200, help_text=_("Said once for all of them")
    )


class BulkDueForm(forms.Form):
    due_on = day_field(_("Due"), required=True)


class WatcherForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("Who watches"), empty_label=None)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active().exclude(pk__in=task.watchers.values("pk")).exclude(pk=task.owner_id)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
