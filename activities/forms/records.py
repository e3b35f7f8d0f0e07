"""Forms of what is written down: calls, notes, messages, files. What they are about comes with the address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.consents.forms import WelcomeForm
from accounts.fields import AccountField
from accounts.models import Account, Channel, Contact
from accounts.phones import e164
from activities.chains import NextStep
from activities.models import CallResult, Direction, Meeting, MessageChannel, Task, TaskKind
from activities.models.authored import LONGEST_TEXT
from deals.models import Deal
from foundation.errors import Refused

LATEST = timedelta(minutes=5)  # clocks of telephones and servers differ a little
LARGEST_KEY = 2**63 - 1
REACHED_BY = {
    MessageChannel.MAIL: Channel.EMAIL,
    MessageChannel.CHAT: Channel.CHAT,
    MessageChannel.SMS: Channel.SMS,
    MessageChannel.LETTER: Channel.POST,
}
NEXT_DAYS = [("", "—"), ("0", _("Today")), ("1", _("Tomorrow")), ("3", _("In 3 days")), ("7", _("In a week"))]


@dataclass(frozen=True)
class About:
    """What a record will be about, as the address says; only what the person sees."""

    account: Account | None = None
    deal: Deal | None = None
    contact: Contact | None = None
    task: Task | None = None
    meeting: Meeting | None = None

    @property
    def client(self) -> Account | None:
        of_deal = self.deal.account if self.deal is not None else None
        return self.account or of_deal or (self.contact.account if self.contact is not None else None)

    @property
    def is_known(self) -> bool:
        return any((self.account, self.deal, self.contact, self.task, self.meeting))

    def links(self) -> dict[str, Any]:
        return {"account": self.account, "deal": self.deal, "contact": self.contact}

    @classmethod
    def asked(cls, query: Any, person: Any) -> "About":
        """`?account=`, `deal=`, `contact=`, `task=`, `meeting=`; 404 for what this person does not see."""
        found = {}
        for name, records in (
            ("account", Account.objects.all()),
            ("deal", Deal.objects.select_related("account", "stage")),
            ("contact", Contact.objects.select_related("account")),
            ("task", Task.objects.select_related("owner", "account", "contact", "deal")),
            ("meeting", Meeting.objects.select_related("account", "contact", "deal")),
        ):
            if said := query.get(name):
                found[name] = _seen(records, said, person)
        holder = found.get("task") or found.get("meeting")
        if holder is not None:
            found = {name: getattr(holder, name) for name in ("account", "deal", "contact")} | found
        return cls(**found)


def _seen(records: Any, said: str, person: Any) -> Any:
    if not (said.isascii() and said.isdigit() and int(said) <= LARGEST_KEY):
        raise Http404
    record = records.visible_to(person).filter(pk=int(said)).first()
    if record is None:
        raise Http404
    return record


class AboutForm(forms.Form):
    """Asks for the client where the address says nothing, and for the contact where the client is known."""

    account = AccountField(label=_("Client"), required=False)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("With whom"), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, about: About, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.person = about, person
        if about.is_known:
            del self.fields["account"]
        else:
            self.fields["account"].person = person  # type: ignore[attr-defined]
        client = about.client
        if client is None:
            del self.fields["contact"]
        else:
            contacts = Contact.objects.filter(account=client, has_left=False).order_by("sort_key", "pk")
            self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
            self.initial.setdefault("contact", about.contact.pk if about.contact else None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.about.is_known and not cleaned.get("account") and "account" not in self.errors:
            self.add_error("account", _("Say which client it is about."))
        return cleaned

    def links(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "account": said.get("account") or self.about.account,
            "deal": self.about.deal,
            "contact": said.get("contact") or self.about.contact,
        }

    def party(self) -> Any:
        """The person, else the client it is about."""
        said = getattr(self, "cleaned_data", {})
        about = self.about
        return said.get("contact") or about.contact or said.get("account") or about.client


def local_day(moment: datetime | None) -> date:
    return timezone.localtime(moment).date() if moment else timezone.localdate()


class MomentField(forms.DateTimeField):
    """A moment of the past, on the person's wall clock; empty is now."""

    def __init__(self) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            label=_("When"), required=False, widget=widget, help_text=_("Leave it empty for right now.")
        )

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        now = timezone.now()
        if moment is None:
            return now
        if moment > now + LATEST:
            raise forms.ValidationError(_("This is still to come. Plan a task or a meeting instead."))
        return min(moment, now)


class NoteForm(AboutForm):
    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""}),
        help_text=_("@Name tells a colleague."),
    )
    is_pinned = forms.BooleanField(label=_("Keep on top"), required=False)
    field_order = ["account", "text", "is_pinned", "contact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("contact", None)


class NoteEditForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "data-mentions": ""}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)


class NextStepMixin(forms.Form):
    """What happens next: its words and its day, both or neither."""

    next_title = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_in = forms.ChoiceField(label=_("When next"), choices=NEXT_DAYS, required=False)
    next_on = forms.DateField(
        label=_("or on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("next_in"):
            cleaned["next_on"] = timezone.localdate() + timedelta(days=int(cleaned["next_in"]))
        title, day = cleaned.get("next_title"), cleaned.get("next_on")
        if title and not day and "next_on" not in self.errors:
            self.add_error("next_in", _("Say on which day the next step is due."))
        if day and not title:
            self.add_error("next_title", _("Say what is to be done next."))
        return cleaned

    def next_step(self) -> NextStep | None:
        said = self.cleaned_data
        if not said.get("next_title"):
            return None
        return NextStep(title=said["next_title"], due_on=said["next_on"], kind=TaskKind.TODO)


class CallForm(WelcomeForm, NextStepMixin, AboutForm):
    direction = forms.ChoiceField(
        label=_("Direction"), choices=[(value, capfirst(word)) for value, word in Direction.choices]
    )
    result = forms.ChoiceField(
        label=_("Result"), choices=[(value, capfirst(word)) for value, word in CallResult.choices]
    )
    duration = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=0, max_value=1440,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    at = MomentField()
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = [
        "account", "direction", "result", "contact", "note", "duration", "at", "phone",
        "next_title", "next_in", "next_on",
    ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("direction") == Direction.OUT:
            self.welcome(self.party(), Channel.PHONE, local_day(cleaned.get("at")))
        return cleaned

    def reached(self) -> tuple[Any, str]:
        return self.party(), Channel.PHONE

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        try:
            return e164(typed) if typed else ""
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None

    def said(self) -> dict[str, Any]:
        names = ("direction", "result", "duration", "phone", "note")
        return {name: self.cleaned_data[name] for name in names}


class MessageForm(WelcomeForm, NextStepMixin, AboutForm):
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(value, capfirst(word)) for value, word in MessageChannel.choices]
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=[(value, capfirst(word)) for value, word in Direction.choices]
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    at = MomentField()
    field_order = [
        "account", "channel", "direction", "contact", "subject", "text", "at", "next_title", "next_in", "next_on",
    ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("direction") == Direction.OUT:
            channel = REACHED_BY.get(cleaned.get("channel", ""), "")
            self.welcome(self.party(), channel, local_day(cleaned.get("at")))
        return cleaned

    def reached(self) -> tuple[Any, str]:
        return self.party(), Channel.EMAIL

    def said(self) -> dict[str, Any]:
        names = ("channel", "direction", "subject", "text")
        return {name: self.cleaned_data[name] for name in names}


class FileForm(AboutForm):
    file = forms.FileField(label=_("File"), max_length=255, allow_empty_file=True)
    field_order = ["account", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("contact", None)
