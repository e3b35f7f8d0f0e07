"""What happens to clients."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.custom.definitions import field_words
from accounts.phones import shown
from foundation.facts import Fact, fact


class AboutAccount(Fact):
    account_id: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id)]


@fact("account.created", label=gettext_lazy("Client added"), icon="building-plus")
class AccountCreated(AboutAccount):
    name: str = ""

    def sentence(self) -> str:
        return _("Client added: %(name)s") % {"name": self.name}


@fact("account.changed", label=gettext_lazy("Client changed"), icon="edit")
class AccountChanged(AboutAccount):
    fields: list[str]

    def sentence(self) -> str:
        from accounts.models import Account

        return _("Changed: %(fields)s") % {"fields": field_words(Account, "client", self.fields)}


@fact("account.assigned", label=gettext_lazy("Client given to another owner"), icon="user-share")
class AccountAssigned(AboutAccount):
    from_name: str
    to_name: str

    def sentence(self) -> str:
        nobody = _("nobody")
        return _("Owner: %(before)s → %(after)s") % {
            "before": self.from_name or nobody,
            "after": self.to_name or nobody,
        }


@fact("account.role_taken", label=gettext_lazy("Client took a role"), icon="id-badge")
class AccountRoleTaken(AboutAccount):
    role: str

    def sentence(self) -> str:
        from accounts.models import AccountRole

        return _("Became a %(role)s") % {"role": AccountRole(self.role).label}


@fact("account.tagged", label=gettext_lazy("Tags changed"), icon="tag")
class AccountTagged(AboutAccount):
    tags: list[str]

    def sentence(self) -> str:
        return _("Tags: %(tags)s") % {"tags": ", ".join(self.tags) or "—"}


@fact("account.addresses_changed", label=gettext_lazy("Addresses changed"), icon="map-pin")
class AccountAddressesChanged(AboutAccount):
    addresses: list[str]

    def sentence(self) -> str:
        return _("Addresses: %(addresses)s") % {"addresses": "; ".join(self.addresses) or "—"}


@fact("account.tax_numbers_changed", label=gettext_lazy("Tax numbers changed"), icon="receipt-tax")
class AccountTaxNumbersChanged(AboutAccount):
    numbers: list[str]

    def sentence(self) -> str:
        return _("Tax numbers: %(numbers)s") % {"numbers": ", ".join(self.numbers) or "—"}


class AboutContact(AboutAccount):
    contact_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), ("contact", self.contact_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("contact.added", label=gettext_lazy("Contact added"), icon="user-plus")
class ContactAdded(AboutContact):
    position: str = ""

    def sentence(self) -> str:
        who = f"{self.name}, {self.position}" if self.position else self.name
        return _("Contact added: %(who)s") % {"who": who}


@fact("contact.changed", label=gettext_lazy("Contact changed"), icon="user-edit")
class ContactChanged(AboutContact):
    fields: list[str]


@fact("contact.position_changed", label=gettext_lazy("Contact's position changed"), icon="briefcase")
class ContactPositionChanged(AboutContact):
    from_position: str
    to_position: str

    def sentence(self) -> str:
        return _("%(name)s: %(before)s → %(after)s") % {
            "name": self.name,
            "before": self.from_position or "—",
            "after": self.to_position or "—",
        }


@fact("account.merged", label=gettext_lazy("Clients merged"), icon="arrows-join")
class AccountMerged(AboutAccount):
    """`names` are those of the clients that went into this one."""

    merge_id: int
    names: list[str]

    def sentence(self) -> str:
        return _("Merged with: %(names)s") % {"names": ", ".join(self.names)}


@fact("account.separated", label=gettext_lazy("Merge of clients taken back"), icon="arrows-split")
class AccountSeparated(AboutAccount):
    others: list[int]
    names: list[str]

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", key) for key in (self.account_id, *self.others)]

    def sentence(self) -> str:
        return _("Merge taken back: %(names)s") % {"names": ", ".join(self.names)}


@fact("contact.merged", label=gettext_lazy("Contacts merged"), icon="arrows-join")
class ContactMerged(AboutContact):
    merge_id: int
    names: list[str]

    def sentence(self) -> str:
        said = {"name": self.name, "names": ", ".join(self.names)}
        return _("%(name)s merged with: %(names)s") % said


@fact("contact.separated", label=gettext_lazy("Merge of contacts taken back"), icon="arrows-split")
class ContactSeparated(AboutContact):
    others: list[int]
    names: list[str]

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), *(("contact", key) for key in (self.contact_id, *self.others))]

    def sentence(self) -> str:
        return _("Merge taken back: %(names)s") % {"names": ", ".join([self.name, *self.names])}


class AboutPoint(AboutAccount):
    kind: str
    value: str

    def sentence(self) -> str:
        return f"{self.label}: {shown(self.value) if self.kind == 'phone' else self.value}"


@fact("contact_point.added", label=gettext_lazy("Way to reach them added"), icon="phone-plus")
class ContactPointAdded(AboutPoint):
    pass


@fact("contact_point.changed", label=gettext_lazy("Way to reach them changed"), icon="phone")
class ContactPointChanged(AboutPoint):
    """`value` is the new one."""

    before: str

    def sentence(self) -> str:
        said = [shown(each) if self.kind == "phone" else each for each in (self.before, self.value)]
        return f"{self.label}: {said[0]} → {said[1]}"


@fact("contact_point.removed", label=gettext_lazy("Way to reach them removed"), icon="phone-x")
class ContactPointRemoved(AboutPoint):
    pass


@fact("account.trashed", label=gettext_lazy("Client put into the trash"), icon="trash")
class AccountTrashed(AboutAccount):
    name: str
    reason: str = ""

    def sentence(self) -> str:
        return _("Put into the trash: %(what)s") % {"what": because(self.name, self.reason)}


@fact("account.restored", label=gettext_lazy("Client taken out of the trash"), icon="trash-off")
class AccountRestored(AboutAccount):
    name: str

    def sentence(self) -> str:
        return _("Taken out of the trash: %(what)s") % {"what": self.name}


@fact("contact.trashed", label=gettext_lazy("Contact put into the trash"), icon="trash")
class ContactTrashed(AboutContact):
    reason: str = ""

    def sentence(self) -> str:
        return _("Put into the trash: %(what)s") % {"what": because(self.name, self.reason)}


@fact("contact.restored", label=gettext_lazy("Contact taken out of the trash"), icon="trash-off")
class ContactRestored(AboutContact):
    def sentence(self) -> str:
        return _("Taken out of the trash: %(what)s") % {"what": self.name}


def because(what: str, reason: str) -> str:
    """What it was, and why where somebody said why."""
    return f"{what} ({reason})" if reason else what
