"""What clients and contacts offer to processes: fields to ask about, verbs to call."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import operations
from accounts.custom.conditions import custom_fields
from accounts.custom.saying import as_said, fields_to_say
from accounts.models import Account, AccountRole, Contact, ContactPoint, Industry, Source, Tag
from accounts.models.account import Kind
from accounts.models.dictionaries import Channel
from accounts.phones import e164
from foundation.automation import (
    Action,
    Field,
    Options,
    Subject,
    offer,
    offer_more,
    offer_options,
    offer_subject,
)
from foundation.errors import Refused
from users.automation import people
from users.models import User

MOST_FOUND = 3
YES_NO = [(True, _("yes")), (False, _("no"))]


def words(model: Any) -> Options:
    """The words of a dictionary, without those no longer offered."""

    def offered() -> list[tuple[Any, Any]]:
        return list(model.objects.filter(is_retired=False).order_by("name", "pk").values_list("pk", "name"))

    return offered


def fixed(choices: Any) -> Callable[[], Any]:
    """Choices that stand in the code."""
    return lambda: choices


def _page(pk: int) -> str:
    return Account(pk=pk).get_absolute_url()


def _contact_page(pk: int) -> str:
    return Contact.objects.only("account_id").get(pk=pk).get_absolute_url()


SUBJECTS = [
    Subject("account", _("client"), Account, _page),
    Subject("contact", _("contact"), Contact, _contact_page, of_owner="account__owner_id"),
]

industries, sources, tags = words(Industry), words(Source), words(Tag)
ROLES, CHANNELS = fixed(AccountRole.choices), fixed(Channel.choices)

FIELDS = [
    Field("account.name", _("Client: name"), "text", "name"),
    Field("account.kind", _("Client: kind"), "choice", "kind", options=fixed(Kind.choices)),
    Field("account.roles", _("Client: roles"), "choices", "roles", options=ROLES),
    Field("account.owner", _("Client: owner"), "person", "owner_id", options=people),
    Field("account.industry", _("Client: industry"), "choice", "industry_id", options=industries),
    Field("account.source", _("Client: source"), "choice", "source_id", options=sources),
    Field("account.tags", _("Client: tags"), "choices", "tags", options=tags),
    Field("account.employees", _("Client: employees"), "number", "employees"),
    Field("account.annual_revenue", _("Client: annual revenue"), "money", "annual_revenue"),
    Field("account.founded_year", _("Client: founded in"), "number", "founded_year"),
    Field("account.website", _("Client: website"), "text", "website"),
    Field("account.channel", _("Client: preferred channel"), "choice", "preferred_channel", options=CHANNELS),
    Field("account.parent_name", _("Client: name of its parent"), "text", "parent__name"),
    Field("account.completeness", _("Client: how complete"), "number", "completeness", unit="%"),
    Field("account.created_at", _("Client: added"), "moment", "created_at"),
    Field("account.last_event_at", _("Client: last event"), "moment", "last_event_at"),
    Field("account.contacts", _("Client: contacts"), "list", "account", of="contact"),
    Field("account.subsidiaries", _("Client: subsidiaries"), "list", "parent", of="account"),
    Field("contact.name", _("Contact: name"), "text", "name"),
    Field("contact.position", _("Contact: position"), "text", "position"),
    Field(
        "contact.has_left", _("Contact: no longer works there"), "choice", "has_left", options=fixed(YES_NO)
    ),
    Field(
        "contact.channel", _("Contact: preferred channel"), "choice", "preferred_channel", options=CHANNELS
    ),
    Field("contact.created_at", _("Contact: added"), "moment", "created_at"),
    Field("contact.client_name", _("Contact: client's name"), "text", "account__name"),
    Field("contact.client_roles", _("Contact: client's roles"), "choices", "account__roles", options=ROLES),
    Field(
        "contact.client_owner", _("Contact: client's owner"), "person", "account__owner_id", options=people
    ),
    Field(
        "contact.client_industry",
        _("Contact: client's industry"),
        "choice",
        "account__industry_id",
        options=industries,
    ),
]


def assign(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _account(account_id).assign(User.objects.get(pk=arguments["owner"]), **told)


def become(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _account(account_id).become(arguments["role"], **told)


def change(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _account(account_id).change(_client_fields(arguments), **told)


def _client_fields(said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a client as its verb takes it; what is not said stays as it is."""
    changes: dict[str, Any] = {}
    if said.get("industry"):
        changes["industry"] = Industry.objects.get(pk=said["industry"])
    if said.get("source"):
        changes["source"] = Source.objects.get(pk=said["source"])
    return changes | ({"preferred_channel": said["channel"]} if said.get("channel") else {})


def fill_in(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    key = arguments["field"]
    custom = {key: as_said("client", key, arguments.get("value", ""))}
    _account(account_id).change({"custom": custom}, **told)


def tag(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    account = _account(account_id)
    account.label_with({*account.tags.all(), Tag.objects.get(pk=arguments["tag"])}, **told)


def untag(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    account = _account(account_id)
    account.label_with([each for each in account.tags.all() if each.pk != int(arguments["tag"])], **told)


def find(_key: int, arguments: dict[str, Any], **told: Any) -> list[int]:
    """Keys of the clients an e-mail or a phone leads to, their people's included; three at most."""
    found = _reached(arguments).order_by("account_id").values_list("account_id", flat=True)
    return list(found.distinct()[:MOST_FOUND])


def find_contact(_key: int, arguments: dict[str, Any], **told: Any) -> list[int]:
    found = _reached(arguments).exclude(contact=None).order_by("contact_id")
    return list(found.values_list("contact_id", flat=True).distinct()[:MOST_FOUND])


def add(_key: int, arguments: dict[str, Any], *, by: Any, at: Any, cause: Any = None) -> int:
    """A new lead of `owner`, reached by what is said. Refused for an e-mail or phone that is none."""
    points = [
        {"kind": kind, "value": str(arguments[kind])} for kind in ("email", "phone") if arguments.get(kind)
    ]
    name = arguments.get("name") or arguments.get("email") or arguments.get("phone") or ""
    owner = User.objects.get(pk=arguments["owner"])
    return operations.add_client({"name": name}, points=points, owner=owner, by=by, at=at).pk


def _reached(said: dict[str, Any]) -> Any:
    """Who answers to any of the addresses; one that is no address leads to nobody."""
    asked = Q(pk__in=[])
    if said.get("email"):
        asked |= Q(kind="email", value=str(said["email"]).strip().lower())
    if said.get("phone"):
        with suppress(Refused):
            asked |= Q(kind="phone", value=e164(str(said["phone"])))
    return ContactPoint.objects.filter(asked)


def fill_in_contact(contact_id: int, arguments: dict[str, Any], **told: Any) -> None:
    key = arguments["field"]
    custom = {key: as_said("contact", key, arguments.get("value", ""))}
    Contact.objects.get(pk=contact_id).change({"custom": custom}, **told)


FILLED_IN = ({"field": "client_field", "value": "text"}, ("field",))
REACHED_BY = {"email": "text", "phone": "text"}  # subject "": asked before there is a record
TAGGED = ({"tag": "tag"}, ("tag",))

ACTIONS = [
    Action(
        "account.assign",
        _("Give the client to somebody"),
        "account",
        assign,
        "accounts.assign",
        {"owner": "person"},
        ("owner",),
    ),
    Action(
        "account.become",
        _("Give the client a role"),
        "account",
        become,
        "accounts.change",
        {"role": "client_role"},
        ("role",),
    ),
    Action(
        "account.change",
        _("Change the client"),
        "account",
        change,
        "accounts.change",
        {"industry": "industry", "source": "source", "channel": "channel"},
    ),
    Action(
        "account.fill_in",
        _("Fill in a field of the client"),
        "account",
        fill_in,
        "accounts.change",
        *FILLED_IN,
    ),
    Action("account.find", _("Find a client"), "", find, "accounts.view", REACHED_BY),
    Action("contact.find", _("Find a contact"), "", find_contact, "accounts.view", REACHED_BY),
    Action(
        "account.add",
        _("New client"),
        "",
        add,
        "accounts.create",
        REACHED_BY | {"name": "text", "owner": "person"},
    ),
    Action("account.tag", _("Give the client a tag"), "account", tag, "accounts.change", *TAGGED),
    Action("account.untag", _("Take a tag from the client"), "account", untag, "accounts.change", *TAGGED),
    Action(
        "contact.fill_in",
        _("Fill in a field of the contact"),
        "contact",
        fill_in_contact,
        "accounts.change",
        {"field": "contact_field", "value": "text"},
        ("field",),
    ),
]


def register() -> None:
    offer_subject(*SUBJECTS)
    offer(*FIELDS, *ACTIONS)
    for kind, options in (
        ("client_role", ROLES),
        ("industry", industries),
        ("source", sources),
        ("channel", CHANNELS),
        ("tag", tags),
        ("client_field", fields_to_say("client")),
        ("contact_field", fields_to_say("contact")),
    ):
        offer_options(kind, options)
    offer_more(lambda: custom_fields("client", _("Client"), "account"))
    offer_more(lambda: custom_fields("contact", _("Contact"), "contact"))


def _account(account_id: int) -> Account:
    return Account.objects.get(pk=account_id)
