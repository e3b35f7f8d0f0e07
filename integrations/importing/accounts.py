import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import bulk
from accounts.models import Account, AccountRole, Address, ContactPoint, Industry, Source, Tag
from accounts.models.account import Kind
from accounts.models.tax_number import checked_tax_number
from foundation.search_text import sort_key
from integrations.importing.account_fields import ACCOUNT_FIELDS, ADDRESS, POINTS, TAX_NUMBERS
from integrations.importing.base import Importer, Step
from integrations.importing.custom import WithCustomFields, as_copied, custom_changes, read_custom
from integrations.importing.likenesses import tell_likenesses
from integrations.importing.names import Names, name_key
from integrations.importing.owners import Owners
from integrations.importing.parents import Parents
from integrations.importing.record import Record
from integrations.mapping import NEVER
from integrations.values import choice

SEPARATORS = re.compile(r"\s*[,;|]\s*")


class AccountImport(Importer):
    entity = "accounts"
    kind = "account"
    natural_match = ("name",)
    matchable = (*POINTS, *TAX_NUMBERS)
    creatable = ("industry", "source", "tags")
    create_right = "accounts.create"
    change_right = "accounts.change"
    fields = WithCustomFields(ACCOUNT_FIELDS, "client")  # type: ignore[assignment]
    plain_fields = frozenset(
        {
            "name",
            "kind",
            "industry",
            "employees",
            "annual_revenue",
            "founded_year",
            "website",
            "source",
            "about",
        }
    )

    def prepare(self) -> None:
        self.words = {
            "industry": self._words(_("industry"), "industry", Industry),
            "source": self._words(_("source"), "source", Source),
        }
        self.tags = self._words(_("tag"), "tags", Tag)
        self.owners = Owners(
            self.by, view="accounts.view", assign="accounts.assign", system=self.mapping.system
        )
        self.parents = Parents(self)
        self.kinds = labels_of(Kind)
        self.roles = labels_of(AccountRole)
        self.revenue_factor = Decimal(self.mapping.scale.get("annual_revenue", "1"))

    def read(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {"name": record.shortened("name", 200)}
        if not values["name"] and not record.problems:
            record.reject("name", _("The name is empty."))
        if record.has("external_id"):
            values["external_id"] = self.read_external_id(record)
        for name, reading in self._readings().items():
            if record.has(name):
                values[name] = record.read(name, reading)
        for name, words in self.words.items():
            if record.has(name):
                values[name] = words.find(record, name)
        if record.has("tags"):
            values["tags"] = self._tags(record)
        values["address"] = {
            name: record.shortened(name, longest) for name, longest in ADDRESS.items() if record.has(name)
        }
        values["points"] = self._several(record, POINTS)
        values["tax_numbers"] = self._several(record, TAX_NUMBERS)
        values["custom"] = read_custom(record, "client", self.reader)
        self.owners.read(record, values)
        self.parents.read(record, values)
        return values

    def visible(self) -> Any:
        filled = self.mapping.filled_fields()
        beside = {
            "addresses": ADDRESS,
            "points": POINTS,
            "tax_numbers": TAX_NUMBERS,
            "tags": ("tags",),
        }
        fetched = [relation for relation, names in beside.items() if not filled.isdisjoint(names)]
        accounts = Account.objects.visible_to(self.by).select_related("industry", "source", "owner")
        return accounts.prefetch_related(*fetched)

    def named(self, names: Sequence[str]) -> dict[str, list[Any]]:
        """By sort key, which is indexed, then by the name itself: two names can share a sort key."""
        wanted = set(names)
        found: dict[str, list[Any]] = {}
        for account in self.visible().filter(sort_key__in={sort_key(name) for name in names}).order_by("pk"):
            if name_key(account.name) in wanted:
                found.setdefault(name_key(account.name), []).append(account)
        return found

    def _key(self, step: Step, field_name: str) -> str:
        if field_name not in self.matchable:
            return super()._key(step, field_name)
        beside = step.values["points" if field_name in POINTS else "tax_numbers"]
        return str(dict(beside).get(field_name, ""))

    def _found(self, field_name: str, keys: set[str]) -> dict[str, list[Any]]:
        """By what clients are reached at or registered as: their own, not that of the people there."""
        if field_name not in self.matchable:
            return super()._found(field_name, keys)
        relation = "points" if field_name in POINTS else "tax_numbers"
        model: Any = Account._meta.get_field(relation).related_model
        having = model.objects.filter(kind=field_name, value__in=keys).order_by("account_id")
        if relation == "points":
            having = having.filter(contact=None)
        pairs = list(having.values_list("value", "account_id"))
        accounts = {each.pk: each for each in self.visible().filter(pk__in={key for _value, key in pairs})}
        found: dict[str, list[Any]] = {}
        for value, key in pairs:
            if key in accounts:
                found.setdefault(value, []).append(accounts[key])
        return found

    def spare(self, step: Step, changes: dict[str, Any], name: str, policy: str) -> None:
        """Ways to reach a client, tax numbers, roles and tags are only ever added: `never` keeps even that away."""
        if name in ADDRESS:
            if name in changes.get("address", {}):
                address: Any = next(iter(step.target.addresses.all()), None)
                if policy == NEVER or (address is not None and getattr(address, name)):
                    del changes["address"][name]
                if not changes["address"]:
                    del changes["address"]
        elif name in POINTS or name in TAX_NUMBERS:
            beside = "points" if name in POINTS else "tax_numbers"
            if policy == NEVER and beside in changes:
                changes[beside] = [pair for pair in changes[beside] if pair[0] != name]
                if not changes[beside]:
                    del changes[beside]
        elif name not in ("roles", "tags") or policy == NEVER:
            super().spare(step, changes, name, policy)

    def complete(self, step: Step) -> None:
        self.owners.complete(step)
        step.values.setdefault("roles", [AccountRole.CLIENT])

    def compare(self, steps: Sequence[Step]) -> None:
        if steps:
            tell_likenesses(steps, self.outcome, self.by)

    def differences(self, step: Step) -> dict[str, Any]:
        changes = super().differences(step)
        self.owners.differ(step, changes)
        self.parents.differ(step, changes)
        if set(step.values.get("roles", ())) - set(step.target.roles):
            changes["roles"] = step.values["roles"]
        self._differ_beside(step, changes)
        if custom := custom_changes(step.target.custom, step.values["custom"]):
            changes["custom"] = custom
        return changes

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        made = bulk.add_many([self._draft(step.values) for step in steps], by=self.by, at=self.at)
        for step, account in zip(steps, made, strict=True):
            self.parents.note(step, account)
        self.owners.leave_to_rules("client", steps, made, at=timezone.now())
        return made

    def change(self, step: Step) -> None:
        account, changes = step.target, step.changes
        plain = {name: self._saved(name, changes[name]) for name in changes if name in self.plain_fields}
        if "custom" in changes:
            plain["custom"] = changes["custom"]
        if plain:
            account.change(plain, by=self.by, at=self.at)
        if "owner" in changes:
            account.assign(changes["owner"], by=self.by, at=self.at)
        for role in changes.get("roles", ()):
            account.become(role, by=self.by, at=self.at)
        for kind, value in changes.get("points", ()):
            ContactPoint.add(account, kind=kind, value=value, by=self.by, at=self.at)
        for kind, value in changes.get("tax_numbers", ()):
            account.tax_numbers.get_or_create(kind=kind, value=value)
        if "tags" in changes:
            tags = [*account.tags.all(), *(self.kept(tag) for tag in changes["tags"])]
            account.label_with(tags, by=self.by, at=self.at)
        if "address" in changes:
            address = next(iter(account.addresses.all()), None) or Address(account=account)
            for name, value in changes["address"].items():
                setattr(address, name, value)
            address.save()
        self.parents.note(step, account)

    def finish(self) -> None:
        self.parents.finish()

    def _words(self, label: str, field: str, model: Any) -> Names:
        made: Callable[[str], Any] | None = (
            (lambda name: model(name=name)) if self.may_create(field) else None
        )
        return Names(label, ((each.name, each) for each in model.objects.all()), made=made)

    def _readings(self) -> dict[str, Callable[[str], Any]]:
        return {
            "kind": lambda text: choice(text, self.kinds),
            "roles": lambda text: sorted({choice(each, self.roles) for each in SEPARATORS.split(text)}),
            "employees": self._employees,
            "annual_revenue": self._revenue,
            "founded_year": self._year,
            "website": website,
            "about": lambda text: text,
        }

    def _employees(self, text: str) -> int:
        number = self.reader.whole_number(text)
        if not 0 <= number < 2**31:
            raise ValueError(_("“%(text)s” is not a number of people.") % {"text": text[:60]})
        return number

    def _revenue(self, text: str) -> Decimal:
        amount = (self.reader.amount(text) * self.revenue_factor).quantize(Decimal("0.01"))
        if not 0 <= amount < 10**15:
            raise ValueError(_("“%(text)s” is not an amount of revenue.") % {"text": text[:60]})
        return amount

    def _year(self, text: str) -> int:
        year = self.reader.whole_number(text) if not re.fullmatch(r"\d{4}", text) else int(text)
        if not 1000 <= year <= 2100:
            raise ValueError(_("“%(text)s” is not a year.") % {"text": text[:60]})
        return year

    def _several(self, record: Record, names: Sequence[str]) -> list[tuple[str, str]]:
        readings: dict[str, Callable[[str], str]] = {"phone": self.reader.phone, "email": self.reader.email}
        found = []
        for name in names:
            reading = readings.get(name) or partial(checked_tax_number, name)
            value = record.read(name, reading)
            if value:
                found.append((name, value))
        return found

    def _tags(self, record: Record) -> list[Any]:
        found = []
        meanings = self.layout.values.get("tags", {})
        for text in filter(None, SEPARATORS.split(record.text("tags"))):
            name = meanings.get(text.casefold(), text)
            single = Record(record.row, {"tags": name}, record.column_of)
            tag = self.tags.find(single, "tags")
            record.problems.extend(single.problems)
            record.unknown.extend(single.unknown)
            if tag is not None and tag not in found:
                found.append(tag)
        return found

    def _differ_beside(self, step: Step, changes: dict[str, Any]) -> None:
        """What lies in tables of its own, fetched with the batch where the file fills it."""
        values, account = step.values, step.target
        for name, kept_there in (("points", account.points), ("tax_numbers", account.tax_numbers)):
            if values[name]:
                known = {(each.kind, each.value) for each in kept_there.all()}
                if new := [pair for pair in values[name] if pair not in known]:
                    changes[name] = new
        if values.get("tags"):
            known_tags = {tag.pk for tag in account.tags.all()}
            if new_tags := [tag for tag in values["tags"] if tag.pk not in known_tags]:
                changes["tags"] = new_tags
        if values["address"]:
            address = next(iter(account.addresses.all()), None)
            parts = {
                name: text for name, text in values["address"].items() if getattr(address, name, "") != text
            }
            if parts:
                changes["address"] = parts

    def _draft(self, values: dict[str, Any]) -> bulk.AccountDraft:
        names = (self.plain_fields | {"roles", "owner"}) & set(values)
        return bulk.AccountDraft(
            fields={name: self._saved(name, values[name]) for name in names}
            | {"custom": as_copied(values["custom"])},
            points=values["points"],
            address=values["address"],
            tax_numbers=values["tax_numbers"],
            tags=[self.kept(tag) for tag in values.get("tags", ())],
        )

    def _saved(self, name: str, value: Any) -> Any:
        return self.kept(value) if name in self.words else value


def website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError(_("“%(text)s” is not the address of a site.") % {"text": text[:100]}) from None
    return address


def labels_of(choices: Any) -> dict[str, str]:
    return {word.casefold(): each for each in choices for word in (each.value, str(each.label))}
