"""Products by letters typed, for the lines of a document."""

from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from catalog.models import Product

MOST = 8
LONGEST = 100


def products_like(query: str) -> list[Product]:
    """A few that are offered: by the beginning of the article number or the name first, then by any of their words."""
    words = query.replace("\x00", "")[:LONGEST].split()
    if not words:
        return []
    found: Any = Product.objects.filter(is_active=True)
    for word in words:
        found = found.filter(Q(name__icontains=word) | Q(code__istartswith=word) | Q(series__icontains=word))
    whole = " ".join(words)
    nearness = Case(
        When(code__iexact=whole, then=Value(0)),
        When(name__istartswith=whole, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(found.select_related("unit").order_by(nearness, "sort_key", "pk")[:MOST])
