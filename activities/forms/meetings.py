"""Well-formed input about meetings: when by the clock of whoever types, who with, and of a series which part."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.consents.forms import WelcomeForm
from accounts.models import Channel, Contact
from activities.due import at_local
from activities.forms.about import AboutForm
from activities.forms.repeat import RepeatForm, day_field, repeat_values
from activities.forms.tasks import text_field, time_field
from activities.guests import MOST, Guests
from activities.models import MeetingRoom
from activities.queries.moments import days_of
from activities.series import wall, whole_days
from users.models import User

REMINDERS = [
    ("", _("not at all")), ("0", _("when it begins")), ("15", _("15 min before")), ("60", _("an hour before")),
    ("1440", _("a day before")),
]  # fmt: skip
SCOPES = [
    ("this", _("only this time")),
    ("following", _("this and all that follow")),
    ("all", _("all of them")),
]
PLAIN = ("title", "agenda", "place", "room")


class WhenForm(forms.Form):
    """From when until when, by the wall clock of `person`; whole days are days and know no clock."""

    starts_on = day_field(_("Starts"), required=True)
    starts_time = time_field(_("At"))
    ends_on = day_field(_("Ends"))
    ends_time = time_field(_("At"))
    is_all_day = forms.BooleanField(label=_("All day"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors.keys() & {"starts_on", "starts_time", "ends_on", "ends_time"} or not cleaned.get(
            "starts_on"
        ):
            return cleaned
        first, last = cleaned["starts_on"], cleaned.get("ends_on") or cleaned["starts_on"]
        if not (2000 <= first.year <= 2099 and 2000 <= last.year <= 2099):
            self.add_error("starts_on", _("Choose a day of this century."))
        elif cleaned.get("is_all_day"):
            if last < first:
                self.add_error("ends_on", _("It cannot end before it begins."))
        elif not cleaned.get("starts_time"):
            self.add_error("starts_time", _("Say at what time it begins, or that it lasts all day."))
        elif self.span()[1] <= self.span()[0]:
            self.add_error("ends_time", _("It cannot end before it begins."))
        return cleaned

    def span(self) -> tuple[datetime, datetime]:
        """As moments; without an end it lasts an hour."""
        said = self.cleaned_data
        first, last = said["starts_on"], said.get("ends_on") or said["starts_on"]
        if said["is_all_day"]:
            return whole_days(first, last, self.zone_of_days())
        zone = self.zone()
        starts = at_local(first, said["starts_time"], zone)
        if not said.get("ends_time"):
            return starts, starts + timedelta(hours=1)
        return starts, at_local(last, said["ends_time"], zone)

    def zone(self) -> str:
        return str(self.person.time_zone)  # type: ignore[attr-defined]

    def zone_of_days(self) -> str:
        return self.zone()


class MeetingForm(WelcomeForm, AboutForm, RepeatForm, WhenForm):
    """A new meeting, or the whole of one there is (`meeting`, seen at its `occurrence`)."""

    title = forms.CharField(label=_("What about"), max_length=200)
    place = forms.CharField(
        label=_("Place"), max_length=200, required=False, help_text=_("An address or a link")
    )
    room = forms.ModelChoiceField(
        MeetingRoom.objects.none(), label=_("Room"), required=False, empty_label=_("no room")
    )
    agenda = text_field(_("Agenda"))
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Colleagues"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        label=_("Contacts"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    addresses = forms.CharField(
        label=_("Others, by e-mail"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Addresses apart by commas or lines"),
    )  # fmt: skip
    reminder = forms.TypedChoiceField(
        label=_("Remind everybody of us"), choices=REMINDERS, required=False, coerce=int, empty_value=None
    )
    announce = forms.BooleanField(
        label=_("Write invitations to those who have an e-mail address"), required=False
    )
    scope = forms.ChoiceField(label=_("Change"), choices=SCOPES, required=False, widget=forms.RadioSelect)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, meeting: Any = None, **kwargs: Any) -> None:
        self.meeting = meeting
        super().__init__(*args, person=person, task=meeting, **kwargs)
        rooms = MeetingRoom.objects.filter(is_retired=False)
        kept = MeetingRoom.objects.filter(pk__in=[meeting.room_id] if meeting else [])
        self.fields["room"].queryset = rooms | kept  # type: ignore[attr-defined]
        there = [each.person_id for each in meeting.participants.all() if each.person_id] if meeting else []
        owner = meeting.owner_id if meeting else person.pk
        people = User.objects.visible_to(person).active() | User.objects.filter(pk__in=there)
        self.fields["people"].queryset = people.exclude(pk=owner).distinct()  # type: ignore[attr-defined]
        invited = (
            [each.contact_id for each in meeting.participants.all() if each.contact_id] if meeting else []
        )
        beside = self.fields["contact"].queryset | Contact.objects.filter(pk__in=invited)  # type: ignore[attr-defined]
        self.fields["contacts"].queryset = beside.distinct()  # type: ignore[attr-defined]
        self.invited = invited
        if meeting is None or not meeting.repeat:
            del self.fields["scope"]

    def clean_addresses(self) -> tuple[str, ...]:
        said = [
            each for each in re.split(r"[,;\s]+", self.cleaned_data["addresses"].replace("\x00", "")) if each
        ]
        for address in said:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _("“%(address)s” is no e-mail address."), params={"address": address}
                ) from None
        if len(said) > MOST:
            raise ValidationError(_("Invite at most %(most)d at once."), params={"most": MOST})
        return tuple(dict.fromkeys(each.lower() for each in said))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["repeat"] = self.clean_repeat(cleaned, self._first_day())
        if cleaned.get("announce"):
            self.welcome_many(
                [each for each in cleaned.get("contacts", ()) if each.pk not in self.invited], Channel.EMAIL
            )
        return cleaned

    def changes(self) -> dict[str, Any]:
        """As fields of a meeting."""
        said = self.cleaned_data
        starts, ends = self.span()
        plain = {name: said[name] for name in PLAIN}
        times = {
            "starts_at": starts,
            "ends_at": ends,
            "is_all_day": said["is_all_day"],
            "repeat": said["repeat"],
        }
        return {**plain, **times, "reminder": said["reminder"], **self.links()}

    def guests(self) -> Guests:
        said = self.cleaned_data
        return Guests(tuple(said["people"]), tuple(said["contacts"]), said["addresses"])

    def zone_of_days(self) -> str:
        return self.meeting.time_zone if self.meeting else self.zone()

    def _first_day(self) -> date | None:
        """The day it first takes place where the meeting is at home: there its weekdays are counted."""
        if self.errors.keys() & {"starts_on", "starts_time", "ends_on", "ends_time"}:
            return None
        starts, _ends = self.span()
        return wall(starts, self.zone_of_days()).date()


def values_of(meeting: Any, row: Any) -> dict[str, Any]:
    """First values of the form for a meeting, at one of its times."""
    guests = list(meeting.participants.all())
    return {
        **when_values(row.starts_at, row.ends_at, meeting.is_all_day, meeting.time_zone),
        **repeat_values(meeting.repeat, meeting.pattern.first_day),
        "title": meeting.title,
        "agenda": meeting.agenda,
        "place": meeting.place,
        "room": row.room_id if meeting.repeat else meeting.room_id,
        "reminder": "" if meeting.reminder is None else str(meeting.reminder),
        "account": meeting.account_id,
        "client": meeting.account.name if meeting.account else "",
        "contact": meeting.contact_id,
        "deal": meeting.deal_id,
        "people": [each.person_id for each in guests if each.person_id],
        "contacts": [each.contact_id for each in guests if each.contact_id],
        "addresses": ", ".join(each.email for each in guests if not each.person_id and not each.contact_id),
        "announce": any(each.is_announced for each in guests),
        "scope": "this",
        "version": meeting.version,
    }


def when_values(starts: datetime, ends: datetime, is_all_day: bool, zone: str) -> dict[str, Any]:
    if is_all_day:
        first, last = days_of(starts, ends, zone)
        return {"starts_on": first, "ends_on": last, "is_all_day": True}
    begins, stops = timezone.localtime(starts), timezone.localtime(ends)
    return {
        "starts_on": begins.date(),
        "starts_time": begins.time(),
        "ends_on": stops.date(),
        "ends_time": stops.time(),
    }


class MoveForm(WhenForm):
    """To another time, by dragging or by typing."""

    scope = forms.ChoiceField(label=_("Move"), choices=SCOPES, required=False, widget=forms.RadioSelect)
    occurrence = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, meeting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.meeting = person, meeting
        if not meeting.repeat:
            del self.fields["scope"]

    def changes(self) -> dict[str, Any]:
        starts, ends = self.span()
        return {"starts_at": starts, "ends_at": ends, "is_all_day": self.cleaned_data["is_all_day"]}

    def zone_of_days(self) -> str:
        return str(self.meeting.time_zone)


class CancelForm(forms.Form):
    reason = text_field(_("Why"), rows=2)
    scope = forms.ChoiceField(label=_("Cancel"), choices=SCOPES, required=False, widget=forms.RadioSelect)
    occurrence = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, meeting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not meeting.repeat:
            del self.fields["scope"]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("yes", ""), ("maybe", ""), ("no", "")])
