"""What the list of contacts can be asked about, its rows by a query string, and its declaration."""

from typing import Any

import django_filters
from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clients.asked import people
from accounts.clients.filters import LONGEST_QUERY, PERIODS, began
from accounts.clients.finding import contacts_meant
from accounts.contacts.columns import USUAL, columns
from accounts.custom.fields import custom_asked
from accounts.custom.filters import CustomFilters
from accounts.models import AccountRole, Contact, ContactPoint, Industry
from accounts.models.dictionaries import Channel
from lists.cells import Cells
from lists.registry import RecordList
from lists.where.fields import CHOICE, MOMENT, TEXT, Field
from lists.where.filters import WhereFilters

REACHED = {"phone": _("phone"), "email": _("e-mail")}


class ContactFilter(CustomFilters, WhereFilters):
    """`owner` is the key of the client's owner, or `me`, `team` or `none`. `left` shows who no longer works there,
    `unreached` who has neither phone nor e-mail."""

    list_key = "contacts"

    q = django_filters.CharFilter(method="by_text", label=_("Search"), max_length=LONGEST_QUERY)
    owner = django_filters.CharFilter(
        method="by_owner",
        label=_("Owner"),
        validators=[RegexValidator(r"^(me|team|none|\d{1,18})$", _("There is no such colleague."))],
    )
    created = django_filters.ChoiceFilter(method="by_period", label=_("Added"), choices=list(PERIODS.items()))
    left = django_filters.BooleanFilter(field_name="has_left", label=_("Left"))
    unreached = django_filters.BooleanFilter(method="by_unreached", label=_("Without phone and e-mail"))

    class Meta:
        model = Contact
        fields: list[str] = []

    def by_text(self, contacts: Any, _name: str, query: str) -> Any:
        return contacts_meant(contacts, query)

    def by_owner(self, contacts: Any, _name: str, owner: str) -> Any:
        match owner:
            case "me":
                return contacts.filter(account__owner=self.request.user.pk)
            case "team":
                return contacts.filter(account__owner__in=sorted(self.request.user.policy.colleagues))
            case "none":
                return contacts.filter(account__owner=None)
        return contacts.filter(account__owner=int(owner))

    def by_period(self, contacts: Any, _name: str, period: str) -> Any:
        return contacts.filter(created_at__gte=began(period, timezone.localtime()))

    def by_unreached(self, contacts: Any, _name: str, is_asked: bool) -> Any:
        return contacts.exclude(_reached_by("phone", "email")) if is_asked else contacts


def _reached_by(*kinds: str) -> Q:
    return Q(Exists(ContactPoint.objects.filter(contact=OuterRef("pk"), kind__in=kinds)))


OWN = [
    Field(name="name", label=_("Name"), kind=TEXT, path="name", searched="search_text"),
    Field(name="position", label=_("Position"), kind=TEXT, path="position"),
    Field(name="note", label=_("Note"), kind=TEXT, path="note"),
    Field(
        name="channel", label=_("Preferred channel"), kind=CHOICE, path="preferred_channel",
        options=Channel.choices, absent=lambda: Q(preferred_channel=""),
    ),
    Field(
        name="reached", label=_("Reached by"), kind=CHOICE, options=list(REACHED.items()),
        test=lambda kinds: _reached_by(*kinds), absent=lambda: ~_reached_by(*REACHED),
    ),
    Field(name="owner", label=_("Owner"), kind=CHOICE, path="account__owner_id", records=people, is_person=True),
    Field(
        name="role", label=_("Role of the client"), kind=CHOICE, options=AccountRole.choices,
        test=lambda keys: Q(account__roles__overlap=[*keys]), absent=lambda: Q(account__roles__len=0),
    ),
    Field(
        name="industry", label=_("Industry"), kind=CHOICE, path="account__industry_id",
        records=lambda _person: Industry.objects.all(),
    ),
    Field(name="created", label=_("Added"), kind=MOMENT, path="created_at"),
]  # fmt: skip
BY_NAME = {field.name: field for field in OWN}


def fields() -> dict[str, Field]:
    return BY_NAME | custom_asked("contact")


def rows(query: Any, person: Any) -> Any:
    """The contacts a query string of filters asks for, of those the person sees; none where it cannot be read."""
    request = HttpRequest()
    request.user = person
    asked = ContactFilter(query, queryset=Contact.objects.visible_to(person), request=request)
    return asked.qs if asked.is_valid() else Contact.objects.none()


def records() -> Any:
    return Contact.objects.select_related("account", "account__owner")


def row_of(pk: int, person: Any, shown: Any) -> Any:
    from accounts.contacts import listing  # which knows this list

    return listing.contacts.row_of(Contact.objects.visible_to(person).filter(pk=pk), person, shown)


CONTACTS = RecordList(
    key="contacts",
    title=_("Contacts"),
    url_name="accounts:contacts",
    gate="accounts.view",
    first="name",
    usual=USUAL,
    sort="name",
    led_by=frozenset({"name", "-name", "created", "-created"}),
    columns=columns,
    rows=rows,
    fields=fields,
    cells=Cells(
        url_name="accounts:contact_cell",
        records=records,
        row=row_of,
        card=lambda contact, _request: "",
        card_id="people",
        people="account__team_ids",
        is_labelled=True,
    ),
)
