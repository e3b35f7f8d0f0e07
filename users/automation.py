"""What colleagues offer to processes: people to choose from."""

from typing import Any

from foundation.automation import offer_options
from users.models import User


def people() -> list[tuple[Any, Any]]:
    """Those who work here, by name."""
    return list(User.objects.active().order_by("sort_key", "pk").values_list("pk", "name"))


def register() -> None:
    offer_options("person", people)
