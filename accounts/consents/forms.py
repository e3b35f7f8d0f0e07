"""Writing down a yes or a no, and going against one with a reason."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.consents import permission
from accounts.consents.permission import Despite
from accounts.models import Account, Consent, ConsentPurpose, Contact
from accounts.models.dictionaries import Channel

WORDS = [("yes", gettext_lazy("Agreed")), ("no", gettext_lazy("Does not want this"))]


class ConsentForm(forms.Form):
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who"),
        required=False,
        empty_label=gettext_lazy("the client as a whole"),
    )
    word = forms.ChoiceField(label=gettext_lazy("What they said"), choices=WORDS, widget=forms.RadioSelect)
    purpose = forms.ModelChoiceField(
        ConsentPurpose.objects.none(), label=gettext_lazy("Purpose"), empty_label=None
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(
        label=gettext_lazy("How we know"),
        max_length=120,
        help_text=gettext_lazy("a form on the website, a call, a letter"),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("the words, a link, where the paper lies"),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        people = Contact.objects.filter(account=account).order_by("has_left", "sort_key", "pk")
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        self.fields["purpose"].queryset = ConsentPurpose.objects.filter(is_retired=False)  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", gettext_lazy("any channel")), *Channel.choices]  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())

    def record(self, **parts: Any) -> Consent:
        """`parts` are `by` and `at`."""
        said = dict(self.cleaned_data)
        return Consent.record(
            self.account, said.pop("contact"), is_given=said.pop("word") == "yes", **said, **parts
        )


class WelcomeForm(forms.Form):
    """For forms that reach out to a client: what they do not want is refused, unless a reason is given.

    A subclass calls `welcome(...)` when it cleans. `unwelcome` is then the sentence, and its page shows the field
    `despite`; whoever carries the form out hands `bypassed()` to `permission.bypass`.
    """

    despite = forms.CharField(
        label=gettext_lazy("All the same, because"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The client's timeline will say so, with your name."),
    )
    unwelcome: str = ""
    unwilling: tuple[Any, ...] = ()

    def welcome(self, party: Any, channel: str, on: date | None = None) -> None:
        """One statement; nothing where nobody is known or nobody is reached."""
        if party is None or not channel:
            return
        allowed = permission.may_contact(party, channel, on=on or timezone.localdate())
        if not allowed:
            self._refuse(allowed.why_not, ((party, channel),))

    def welcome_many(self, contacts: Any, channel: str) -> None:
        """One statement for all of them."""
        found = permission.unwilling(contacts, channel, on=timezone.localdate())
        if found:
            self._refuse(" ".join(found.values()), tuple((each, channel) for each in found))

    def bypassed(self) -> Despite | None:
        """Whose wish the form goes against, with the reason."""
        reason = self.cleaned_data.get("despite", "")
        return Despite(reason, self.unwilling) if reason and self.unwilling else None

    def hint(self) -> str:
        """What to know before reaching out, while the form is still empty. One statement at most."""
        party, channel = self.reached()
        if self.is_bound or party is None or not channel:
            return ""
        allowed = permission.may_contact(party, channel, on=timezone.localdate())
        return " ".join(filter(None, (allowed.why_not, allowed.prefers)))

    def reached(self) -> tuple[Any, str]:
        """Whom an empty form will reach, and by which channel."""
        return None, ""

    def _refuse(self, sentence: str, whom: tuple[Any, ...]) -> None:
        self.unwelcome, self.unwilling = sentence, whom
        if not self.cleaned_data.get("despite"):
            self.add_error(None, sentence)


def channel_field() -> forms.ChoiceField:
    choices = [("", "—"), *((value, capfirst(words)) for value, words in Channel.choices)]
    return forms.ChoiceField(label=gettext_lazy("Prefers"), required=False, choices=choices)
