"""What an activity of a file is about: clients, contacts and deals, by key, by name or by e-mail.

A key is the other system's where the mapping names a system, or one that a file brought before; written as `ID12`,
or where no file ever brought it, it is ours. A batch is looked up by a few statements, among what the person sees.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact, ContactPoint
from activities.drafts import Links
from deals.models import Deal
from foundation.search_text import sort_key
from integrations.fields import Field
from integrations.importing import external_ids
from integrations.importing.names import name_key, unknown_name
from integrations.importing.record import Record

OURS = re.compile(r"(?:ID\s*)?(\d{1,18})", re.IGNORECASE)
MARKED = re.compile(r"ID\s*\d", re.IGNORECASE)
LINK_FIELDS = (
    Field(
        name="account_id",
        label=gettext_lazy("Client's key"),
        synonyms=["client id", "account id", "company id", "customer id", "код клиента", "id клиента"],
    ),
    Field(
        name="account",
        label=gettext_lazy("Client"),
        synonyms=["account", "company", "customer", "account name", "клиент", "компания", "контрагент"],
    ),
    Field(
        name="deal_id",
        label=gettext_lazy("Deal's key"),
        synonyms=["opportunity id", "id сделки", "код сделки"],
    ),
    Field(name="deal", label=gettext_lazy("Deal"), synonyms=["opportunity", "deal name", "сделка"]),
    Field(name="contact_id", label=gettext_lazy("Contact's key"), synonyms=["person id", "id контакта"]),
    Field(
        name="contact",
        label=gettext_lazy("Contact"),
        synonyms=["person", "contact name", "contact person", "контакт", "контактное лицо"],
    ),
)
KINDS: dict[str, Any] = {"account": Account, "deal": Deal, "contact": Contact}


class LinksOfRows:
    """`load` the rows of a batch, then `read` each of them."""

    def __init__(self, by: Any, *, system: str, is_named_system: bool) -> None:
        self.by, self.system, self.is_named_system = by, system, is_named_system
        self.by_key: dict[str, dict[str, list[Any]]] = {}
        self.accounts: dict[str, list[Any]] = {}
        self.deals: dict[tuple[int, str], list[Any]] = {}
        self.contacts: dict[tuple[int, str], list[Any]] = {}
        self.emails: dict[str, list[Any]] = {}

    def load(self, records: Sequence[Record]) -> None:
        for kind, model in KINDS.items():
            texts = {record.text(f"{kind}_id") for record in records} - {""}
            self.by_key[kind] = self._keyed(kind, model, texts)
        self._load_accounts({record.text("account") for record in records} - {""})
        clients = {account.pk for found in self.accounts.values() for account in found}
        clients |= {record.pk for found in self.by_key["account"].values() for record in found}
        self.deals = self._of_clients(
            Deal.objects.select_related("account"),
            clients,
            "title",
            {record.text("deal") for record in records},
        )
        named = {record.text("contact") for record in records} - {""}
        self.contacts = self._of_clients(
            Contact.objects.select_related("account"),
            clients,
            "name",
            {each for each in named if "@" not in each},
        )
        self._load_emails({each.lower() for each in named if "@" in each})

    def read(self, record: Record) -> Links:
        """What the row is about; whatever is unknown or does not belong together is a problem of the row."""
        account = self._one(
            record, "account", lambda text: self.accounts.get(name_key(text), []), _("client")
        )
        client = account.pk if account else 0
        deal = self._one(
            record,
            "deal",
            lambda text: self.deals.get((client, name_key(text)), []),
            _("deal"),
            needs=account,
        )
        needed = account if "@" not in record.text("contact") else True
        contact = self._one(
            record, "contact", lambda text: self._contacts(text, client), _("contact"), needs=needed
        )
        for beside in (deal, contact):
            if beside is None or beside.account_id is None:
                continue
            if account is None:
                account = beside.account
            elif beside.account_id != account.pk:
                record.reject("", _("“%(name)s” belongs to another client.") % {"name": beside})
        return Links(account=account, contact=contact, deal=deal)

    def _one(
        self, record: Record, kind: str, named: Callable[[str], list[Any]], label: str, needs: Any = True
    ) -> Any:
        key, name = record.text(f"{kind}_id"), record.text(kind)
        if key:
            return self._only(record, f"{kind}_id", key, self.by_key[kind].get(key, []), label)
        if not name:
            return None
        if needs is None:
            record.reject(kind, _("Name the client too, or give the deal's key."))
            return None
        return self._only(record, kind, name, named(name), label)

    def _only(self, record: Record, field: str, text: str, found: list[Any], label: str) -> Any:
        if len(found) == 1:
            return found[0]
        if found:
            record.reject(
                field,
                _("%(count)s records of the kind “%(kind)s” are called “%(name)s”.")
                % {"count": len(found), "kind": label, "name": text},
            )
        else:
            record.reject_unknown(field, text, unknown_name(label, text))
        return None

    def _keyed(self, kind: str, model: Any, texts: set[str]) -> dict[str, list[Any]]:
        if not texts:
            return {}
        brought = external_ids.objects_by_key(self.system, kind, texts)
        meant = {text: keys for text, keys in brought.items() if not MARKED.match(text)}
        for text in texts - meant.keys():
            ours = OURS.fullmatch(text.strip())
            if ours and (MARKED.match(text) or not self.is_named_system):
                meant[text] = [int(ours[1])]
        records = self._visible(model).filter(pk__in={key for keys in meant.values() for key in keys})
        by_pk = {record.pk: record for record in records}
        return {text: [by_pk[key] for key in keys if key in by_pk] for text, keys in meant.items()}

    def _load_accounts(self, names: set[str]) -> None:
        self.accounts = {}
        if not names:
            return
        wanted = {name_key(name) for name in names}
        visible = Account.objects.visible_to(self.by).filter(sort_key__in={sort_key(name) for name in names})
        for account in visible.order_by("pk"):
            if name_key(account.name) in wanted:
                self.accounts.setdefault(name_key(account.name), []).append(account)

    def _of_clients(
        self, records: Any, clients: Iterable[int], name: str, wanted: set[str]
    ) -> dict[tuple[int, str], list[Any]]:
        """Visible records of the batch's clients whose name a row says."""
        keys = {name_key(text) for text in wanted if text}
        found: dict[tuple[int, str], list[Any]] = {}
        if not keys or not clients:
            return found
        for record in records.visible_to(self.by).filter(account__in=clients).order_by("pk"):
            key = name_key(getattr(record, name))
            if key in keys:
                found.setdefault((record.account_id, key), []).append(record)
        return found

    def _load_emails(self, emails: set[str]) -> None:
        self.emails = {}
        if not emails:
            return
        points = ContactPoint.objects.filter(kind="email", value__in=emails, contact__isnull=False)
        seen = self._visible(Contact).filter(pk__in=points.values("contact_id"))
        contacts = {contact.pk: contact for contact in seen}
        for value, pk in points.order_by("pk").values_list("value", "contact_id"):
            if pk in contacts and contacts[pk] not in self.emails.setdefault(value, []):
                self.emails[value].append(contacts[pk])

    def _contacts(self, text: str, client: int) -> list[Any]:
        if "@" not in text:
            return self.contacts.get((client, name_key(text)), [])
        found = self.emails.get(text.lower(), [])
        return [each for each in found if each.account_id == client] if client else found

    def _visible(self, model: Any) -> Any:
        records = model.objects.visible_to(self.by)
        return records if model is Account else records.select_related("account")
