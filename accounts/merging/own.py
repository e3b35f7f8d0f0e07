"""How this room's own rows follow a client or a contact."""

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover, register

ACCOUNT, CONTACT = "account", "contact"


def declare() -> None:
    register(
        Mover(kind=ACCOUNT, model="accounts.Contact", field="account", words=_("Contacts"), order=9),
        Mover(kind=ACCOUNT, model="accounts.ContactPoint", field="account"),
        Mover(kind=ACCOUNT, model="accounts.Address", field="account"),
        Mover(kind=ACCOUNT, model="accounts.TaxNumber", field="account"),
        Mover(kind=ACCOUNT, model="accounts.Account_tags", field="account"),
        Mover(kind=ACCOUNT, model="accounts.Account", field="parent", words=_("Subsidiaries")),
        Mover(kind=ACCOUNT, model="accounts.Relation", field="from_account", partner="to_account"),
        Mover(kind=ACCOUNT, model="accounts.Relation", field="to_account", partner="from_account"),
        Mover(kind=ACCOUNT, model="accounts.Consent", field="account", words=_("Consents")),
        Mover(kind=ACCOUNT, model="accounts.Answer", field="account", words=_("Answers")),
        Mover(kind=ACCOUNT, model="accounts.HandOverPart", field="account"),
        Mover(kind=CONTACT, model="accounts.Consent", field="contact", words=_("Consents")),
        Mover(kind=CONTACT, model="accounts.ContactPoint", field="contact"),
    )
