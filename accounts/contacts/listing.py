"""A page of the list of contacts."""

from accounts.clients.listing import Listing
from accounts.contacts.asked import CONTACTS
from accounts.contacts.columns import ContactPage

contacts = Listing(CONTACTS, "contact", ContactPage, lambda _row, _page: "")
