"""Who is invited to a meeting."""

from dataclasses import dataclass
from typing import Any

from accounts.models import ContactPoint
from accounts.models.contact_point import PointKind

MOST = 100


@dataclass(frozen=True)
class Guests:
    """Colleagues, contacts of clients, and bare addresses. The organiser is not among them."""

    people: tuple[Any, ...] = ()
    contacts: tuple[Any, ...] = ()
    addresses: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.people) + len(self.contacts) + len(self.addresses)

    def wanted(self, owner_id: int) -> dict[tuple[str, Any], dict[str, Any]]:
        """The rows of participants by what tells them apart. One statement for the contacts' addresses."""
        rows: dict[tuple[str, Any], dict[str, Any]] = {}
        for person in self.people:
            if person.pk != owner_id:
                rows["person", person.pk] = {
                    "person": person,
                    "name": person.name,
                    "email": person.email or "",
                }
        addresses = addresses_of(contact.pk for contact in self.contacts)
        for contact in self.contacts:
            email = addresses.get(contact.pk, "")
            rows["contact", contact.pk] = {"contact": contact, "name": contact.name, "email": email}
        for address in self.addresses:
            rows["address", address.lower()] = {"name": address[:150], "email": address}
        return rows


def addresses_of(contacts: Any) -> dict[int, str]:
    """The e-mail address a contact prefers, by contact."""
    points = ContactPoint.objects.filter(contact__in=list(contacts), kind=PointKind.EMAIL)
    found: dict[int, str] = {}
    for contact, value in points.order_by("-is_preferred", "pk").values_list("contact_id", "value"):
        found.setdefault(contact, value)  # type: ignore[arg-type]
    return found
