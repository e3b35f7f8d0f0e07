from accounts.models.account import Account, AccountRole
from accounts.models.address import Address
from accounts.models.contact import Contact
from accounts.models.contact_point import ContactPoint
from accounts.models.dictionaries import Industry, Source, Tag
from accounts.models.tax_number import TaxNumber

__all__ = [
    "Account",
    "AccountRole",
    "Address",
    "Contact",
    "ContactPoint",
    "Industry",
    "Source",
    "Tag",
    "TaxNumber",
]
