"""Many products at once, with the same facts as one by one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from catalog import facts
from catalog.models import Product
from foundation.search_text import sort_key
from foundation.telling import tell_many


def add_many(drafts: Sequence[dict[str, Any]], *, by: Any, at: datetime) -> list[Product]:
    """Each draft is the fields of a product whose name is new."""
    with transaction.atomic():
        products = Product.objects.bulk_create(
            (Product(sort_key=sort_key(draft["name"]), **draft) for draft in drafts), batch_size=2_000
        )
        tell_many(
            ((facts.ProductCreated(product_id=each.pk, name=each.name), at) for each in products), by=by
        )
    return products
