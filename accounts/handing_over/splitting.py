"""Dividing a portfolio among those who take over. Pure arithmetic: no database, no clock.

A unit is never split: a client with all of it goes to one person. Whoever calls gets each unit once.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Unit:
    """A client, or something without one. `worth` is money; `knows` those of the receivers who have to do with it
    already, who knows it best first; `place` is the territory it lies in, with whoever answers for that."""

    key: tuple[str, int]
    title: str = ""
    worth: Decimal = Decimal(0)
    counts: Counter[str] = field(default_factory=Counter)
    knows: Sequence[int] = ()
    place: Any = None
    place_owner: int | None = None


Shares = dict[tuple[str, int], int]


def level(units: Iterable[Unit], receivers: Sequence[int], has: Mapping[int, int]) -> Shares:
    """Each unit to whoever has fewest by then, counting what they `has` before; the dearest first, so that money is
    level too: among those with equally many, whoever got least worth.

    Among receivers who begin level, the numbers differ by one at most.
    """
    heap = [(has.get(each, 0), Decimal(0), place, each) for place, each in enumerate(receivers)]
    heapq.heapify(heap)
    shares: Shares = {}
    for unit in sorted(units, key=lambda unit: (-unit.worth, unit.key)):
        n, worth, place, receiver = heap[0]
        shares[unit.key] = receiver
        heapq.heapreplace(heap, (n + 1, worth + unit.worth, place, receiver))
    return shares


def by_relations(units: Sequence[Unit], receivers: Sequence[int], has: Mapping[int, int]) -> Shares:
    """To whoever knows the client best; what nobody knows, to whoever has fewest by then."""
    allowed = set(receivers)
    shares: Shares = {}
    for unit in units:
        known = next((person for person in unit.knows if person in allowed), None)
        if known is not None:
            shares[unit.key] = known
    return shares | _the_rest(units, shares, receivers, has)


def by_territory(units: Sequence[Unit], receivers: Sequence[int], has: Mapping[int, int]) -> Shares:
    """To whoever answers for the territory; one that none of them answers for stays together, the largest first, with
    whoever has fewest by then. What lies nowhere is spread."""
    allowed = set(receivers)
    shares: Shares = {}
    together: dict[Any, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.place_owner in allowed:
            shares[unit.key] = unit.place_owner  # type: ignore[assignment]
        elif unit.place is not None:
            together[unit.place].append(unit)
    loads = _loads(shares, receivers, has)
    for _place, same in sorted(together.items(), key=lambda pair: (-len(pair[1]), str(pair[0]))):
        receiver = min(receivers, key=lambda each: (loads[each], receivers.index(each)))
        loads[receiver] += len(same)
        shares |= {unit.key: receiver for unit in same}
    return shares | _the_rest(units, shares, receivers, has)


def _the_rest(
    units: Sequence[Unit], shares: Shares, receivers: Sequence[int], has: Mapping[int, int]
) -> Shares:
    left = [unit for unit in units if unit.key not in shares]
    return level(left, receivers, _loads(shares, receivers, has))


def _loads(shares: Shares, receivers: Sequence[int], has: Mapping[int, int]) -> Counter[int]:
    given = Counter(shares.values())
    return Counter({each: has.get(each, 0) + given[each] for each in receivers})
