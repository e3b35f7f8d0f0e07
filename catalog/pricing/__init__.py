"""What a unit costs a client, and why: docs/algorithms/pricing.md, section 1. `price_lines` is the door."""

from catalog.pricing.asking import Asked, Priced, price_lines
from catalog.pricing.book import costs_of

__all__ = ["Asked", "Priced", "costs_of", "price_lines"]
