"""In which territory clients lie, by their addresses: the place that says most about an address counts.

A postcode says more than a city and a city more than a country; of postcodes, the longer beginning. Words are compared
as searches do, whatever their case or alphabet. Of several addresses the office counts before the others.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from accounts.models import Address, Territory, TerritoryPlace
from accounts.models.address import AddressKind
from foundation.search_text import normalised

KINDS = [*AddressKind.values]
Weight = tuple[int, bool, bool]


def territories_of(account_ids: Collection[int]) -> dict[int, Territory]:
    """The territory of each of these clients that lies in one. Two statements."""
    places = [_Place(place) for place in TerritoryPlace.objects.select_related("territory__person")]
    if not places:
        return {}
    addresses: dict[int, list[Address]] = defaultdict(list)
    for address in Address.objects.filter(account__in=account_ids).order_by("pk"):
        addresses[address.account_id].append(address)
    found = {}
    for key, theirs in addresses.items():
        for address in sorted(theirs, key=lambda each: KINDS.index(each.kind)):
            territory = _territory(address, places)
            if territory is not None:
                found[key] = territory
                break
    return found


class _Place:
    def __init__(self, place: TerritoryPlace) -> None:
        self.territory = place.territory
        self.country, self.city = normalised(place.country).strip(), normalised(place.city).strip()
        self.postcode = _code(place.postcode)

    @property
    def weight(self) -> Weight:
        return len(self.postcode), bool(self.city), bool(self.country)

    def holds(self, country: str, city: str, postcode: str) -> bool:
        return (
            (not self.country or self.country == country)
            and (not self.city or self.city == city)
            and postcode.startswith(self.postcode)
        )


def _territory(address: Address, places: Sequence[_Place]) -> Territory | None:
    said = normalised(address.country).strip(), normalised(address.city).strip(), _code(address.postcode)
    holding = [place for place in places if place.holds(*said)]
    if not holding:
        return None
    return max(holding, key=lambda place: (place.weight, -place.territory.pk)).territory


def _code(postcode: str) -> str:
    return "".join(postcode.split()).upper()
