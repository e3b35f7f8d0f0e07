"""People from address books: at the client their company is, or as a client of their own where they have none."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts import bulk, contact_bulk
from accounts.models import Account, AccountRole, Contact, ContactPoint, Source
from accounts.models.account import Kind
from accounts.models.contact_point import PointKind, cleaned_value
from foundation.errors import Refused
from foundation.search_text import sort_key
from integrations.importing.account_fields import ADDRESS
from integrations.importing.base import Importer, Step
from integrations.importing.contact_fields import contact_fields
from integrations.importing.custom import WithCustomFields, as_copied, custom_changes, read_custom
from integrations.importing.names import Names, name_key
from integrations.importing.owners import Owners
from integrations.importing.record import Record
from integrations.mapping import NEVER

APART = " ::: "  # how Google joins several values in one cell
NAME_PARTS = ("first_name", "middle_name", "last_name")
POINT_KINDS = {"phone": PointKind.PHONE, "email": PointKind.EMAIL, "website": PointKind.WEBSITE}
KEPT_AS_NOTES = ("birthday", "messenger", "fax")


class ContactImport(Importer):
    entity = "contacts"
    kind = "contact"
    natural_match = ("name",)
    creatable = ("source",)
    create_right = "accounts.create"
    change_right = "accounts.change"
    fields = WithCustomFields(contact_fields, "contact")  # type: ignore[assignment]

    def prepare(self) -> None:
        self.owners = Owners(
            self.by, view="accounts.view", assign="accounts.assign", system=self.mapping.system
        )
        made: Callable[[str], Any] | None = (
            (lambda name: Source(name=name)) if self.may_create("source") else None
        )
        self.sources = Names(_("source"), ((each.name, each) for each in Source.objects.all()), made=made)
        self.clients: dict[str, list[Account]] = {}  # by name_key, those asked for so far
        self.new_clients: set[str] = set()
        filled = self.mapping.filled_fields()
        self.point_names = [
            (each.name, POINT_KINDS[base])
            for each in self.fields
            if each.name in filled and (base := each.name.partition("_")[0]) in POINT_KINDS
        ]

    def read(self, record: Record) -> dict[str, Any]:
        points, unread = self._points(record)
        values: dict[str, Any] = {
            "name": self._name(record, points),
            "account": record.shortened("account", 200),
            "position": self._position(record),
            "points": points,
            "note": self._note(record, unread),
            "address": {
                name: record.shortened(name, longest) for name, longest in ADDRESS.items() if record.has(name)
            },
            "custom": read_custom(record, "contact", self.reader),
            "source": self.sources.find(record, "source"),
        }
        if record.has("external_id"):
            values["external_id"] = self.read_external_id(record)
        self.owners.read(record, values)
        return values

    def visible(self) -> Any:
        contacts = Contact.objects.visible_to(self.by).select_related("account")
        return contacts.prefetch_related("points", "account__addresses")

    def complete(self, step: Step) -> None:
        self.owners.complete(step)
        key = name_key(step.values["account"])
        known = self.clients.get(key, [])
        if len(known) > 1:
            step.record.reject(
                "account",
                _("%(count)s records of the kind “%(kind)s” are called “%(name)s”.")
                % {"count": len(known), "kind": _("client"), "name": step.values["account"]},
            )
        elif known and not self.by.reaches(known[0], self.change_right):
            step.record.reject("account", self._lacks(self.change_right))
        elif key and not known and key not in self.new_clients:
            self.new_clients.add(key)
            self.outcome.count(str(Account._meta.verbose_name_plural))

    def differences(self, step: Step) -> dict[str, Any]:
        target, values = step.target, step.values
        is_person = isinstance(target, Account)
        changes: dict[str, Any] = {}
        if not is_person and values["position"] and values["position"] != target.position:
            changes["position"] = values["position"]
        note = "about" if is_person else "note"
        before = getattr(target, note)
        if more := _lines_missing(before, self._full_note(step, target if is_person else target.account)):
            changes[note] = f"{before}\n{more}".strip()
        known = {(point.kind, point.value) for point in target.points.all()}
        if new := [point for point in values["points"] if point not in known]:
            changes["points"] = new
        if not is_person and (custom := custom_changes(target.custom, values["custom"])):
            changes["custom"] = custom
        return changes

    def spare(self, step: Step, changes: dict[str, Any], name: str, policy: str) -> None:
        """Only a position is written over; notes and ways to reach people are added to: `never` keeps that away."""
        if name == "position":
            if policy == NEVER or (isinstance(step.target, Contact) and step.target.position):
                changes.pop("position", None)
        elif policy == NEVER and name == "note":
            changes.pop("note", None)
            changes.pop("about", None)
        elif policy == NEVER and (kind := POINT_KINDS.get(name.partition("_")[0])) and "points" in changes:
            changes["points"] = [point for point in changes["points"] if point[0] != kind]
            if not changes["points"]:
                del changes["points"]

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        companies = {key: step for step in reversed(steps) if (key := name_key(step.values["account"]))}
        wanted = {key: step for key, step in companies.items() if not self.clients.get(key)}
        alone = [step for step in steps if not step.values["account"]]
        drafts = [self._company(step) for step in wanted.values()] + [self._person(step) for step in alone]
        made = bulk.add_many(drafts, by=self.by, at=self.at)
        for key, account in zip(wanted, made[: len(wanted)], strict=True):
            self.clients[key] = [account]
        people: dict[int, Any] = dict(zip((id(step) for step in alone), made[len(wanted) :], strict=True))
        there = [step for step in steps if step.values["account"]]
        contacts = contact_bulk.add_many(
            [self._contact(step, wanted) for step in there], by=self.by, at=self.at
        )
        people |= dict(zip((id(step) for step in there), contacts, strict=True))
        return [people[id(step)] for step in steps]

    def change(self, step: Step) -> None:
        target, changes = step.target, step.changes
        is_person = isinstance(target, Account)
        account, contact = (target, None) if is_person else (target.account, target)
        plain = {name: changes[name] for name in ("position", "note", "about", "custom") if name in changes}
        if plain:
            target.change(plain, by=self.by, at=self.at)
        for kind, value in changes.get("points", ()):
            ContactPoint.add(account, contact=contact, kind=kind, value=value, by=self.by, at=self.at)

    # Finding who it is.
    def _usual_match(self) -> list[str]:
        """By the key where the row has one; a card without one is still the person of that name there."""
        return [*(["external_id"] if "external_id" in self.mapping.filled_fields() else []), "name"]

    def _match(self, steps: Sequence[Step]) -> None:
        self._find_clients({step.values["account"] for step in steps if step.values["account"]})
        super()._match(steps)

    def _key(self, step: Step, field_name: str) -> str:
        if field_name != "name":
            return super()._key(step, field_name)
        values = step.values
        first = values["points"][0][1] if values["points"] and not values["account"] else ""
        return "\x1f".join((name_key(values["name"]), name_key(values["account"]), first))

    def _found(self, field_name: str, keys: set[str]) -> dict[str, list[Any]]:
        if field_name != "name":
            return super()._found(field_name, keys)
        found: dict[str, list[Any]] = {}
        sorted_names = {sort_key(key.split("\x1f")[0]) for key in keys}
        for contact in self.visible().filter(sort_key__in=sorted_names).order_by("pk"):
            key = "\x1f".join((name_key(contact.name), name_key(contact.account.name), ""))
            found.setdefault(key, []).append(contact)
        people = Account.objects.visible_to(self.by).filter(kind=Kind.PERSON, sort_key__in=sorted_names)
        for account in people.prefetch_related("points", "addresses").order_by("pk"):
            for value in {point.value for point in account.points.all()} or {""}:
                found.setdefault("\x1f".join((name_key(account.name), "", value)), []).append(account)
        return found

    def _find_clients(self, names: set[str]) -> None:
        asked = {name_key(name) for name in names} - self.clients.keys()
        if not asked:
            return
        self.clients |= {key: [] for key in asked}
        accounts = Account.objects.visible_to(self.by).prefetch_related("addresses")
        for account in accounts.filter(sort_key__in={sort_key(name) for name in names}).order_by("pk"):
            if (key := name_key(account.name)) in asked:
                self.clients[key].append(account)

    def _may_change(self, target: Any) -> bool:
        account = target if isinstance(target, Account) else target.account
        return bool(self.by.reaches(account, self.change_right))

    def _remember(self, steps: Sequence[Step], made: Sequence[Any]) -> None:
        """Keys of contacts; who is a client of their own is found again by name and phone or e-mail."""
        pairs = [(step, each) for step, each in zip(steps, made, strict=True) if isinstance(each, Contact)]
        super()._remember([step for step, _made in pairs], [each for _step, each in pairs])

    # What a row says.
    def _name(self, record: Record, points: list[tuple[str, str]]) -> str:
        name = record.text("name") or " ".join(filter(None, (record.text(part) for part in NAME_PARTS)))
        name = " ".join(name.split()) or (points[0][1] if points else "")
        if not name:
            record.reject("name", _("The name is empty."))
        elif len(name) > 150:
            record.reject("name", _("Longer than %(longest)s characters.") % {"longest": 150})
        return name

    def _position(self, record: Record) -> str:
        position = ", ".join(filter(None, (record.text("position"), record.text("department"))))
        if len(position) > 120:
            record.reject("position", _("Longer than %(longest)s characters.") % {"longest": 120})
        return position

    def _points(self, record: Record) -> tuple[list[tuple[str, str]], list[str]]:
        """Ways to reach the person, and as text what is none: a note keeps it, so that nothing is lost."""
        found: dict[tuple[str, str], None] = {}
        unread = []
        for name, kind in self.point_names:
            for text in filter(None, (part.strip() for part in record.text(name).split(APART))):
                try:
                    found[kind, self._reachable(kind, text)] = None
                except (ValueError, Refused):
                    unread.append(f"{record.column_of.get(name, name)}: {text}")
        return list(found), unread

    def _reachable(self, kind: str, text: str) -> str:
        if kind == PointKind.PHONE:
            return self.reader.phone(text)
        return self.reader.email(text) if kind == PointKind.EMAIL else cleaned_value(kind, text)

    def _note(self, record: Record, unread: list[str]) -> str:
        kept = [
            f"{record.column_of[name]}: {record.text(name)}" for name in KEPT_AS_NOTES if record.text(name)
        ]
        return "\n".join(filter(None, (record.text("note"), *kept, *unread)))

    def _full_note(self, step: Step, account: Account) -> str:
        """The note, and the address where the client has another one."""
        given = step.values["address"]
        address = next(iter(account.addresses.all()), None) if account.pk else None
        if not given or all(getattr(address, name, "") == text for name, text in given.items()):
            return str(step.values["note"])
        line = f"{_('Address')}: {', '.join(filter(None, given.values()))}"
        return "\n".join(filter(None, (step.values["note"], line)))

    def _company(self, step: Step) -> bulk.AccountDraft:
        return self._draft(step, name=step.values["account"], kind=Kind.ORGANISATION)

    def _person(self, step: Step) -> bulk.AccountDraft:
        draft = self._draft(step, name=step.values["name"], kind=Kind.PERSON, about=step.values["note"])
        draft.points = step.values["points"]
        return draft

    def _draft(self, step: Step, **fields: Any) -> bulk.AccountDraft:
        beside = {"owner": step.values["owner"], "source": self.kept(step.values["source"])}
        return bulk.AccountDraft(
            fields={"roles": [AccountRole.LEAD], **fields, **beside}, address=step.values["address"]
        )

    def _contact(self, step: Step, made_now: dict[str, Step]) -> contact_bulk.ContactDraft:
        key = name_key(step.values["account"])
        account = self.clients[key][0]
        is_its_address = made_now.get(key) is step
        note = step.values["note"] if is_its_address else self._full_note(step, account)
        values = step.values
        return contact_bulk.ContactDraft(
            account=account,
            fields={"name": values["name"], "position": values["position"], "note": note}
            | {"custom": as_copied(values["custom"])},
            points=values["points"],
        )


def _lines_missing(before: str, given: str) -> str:
    known = {line.strip() for line in before.splitlines()}
    return "\n".join(line for line in given.splitlines() if line.strip() and line.strip() not in known)
