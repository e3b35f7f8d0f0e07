"""At most so many requests a minute from one place, counted in the database's cache: pages never need Redis."""

from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def is_too_many(name: str, whose: str, *, most: int, seconds: int = 60) -> bool:
    """Counts this request. A window begins with its first request and ends after `seconds`."""
    key = f"rate:{name}:{sha256(whose.encode()).hexdigest()[:32]}"
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ended between the two
        return False


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as signing in counts it."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # what the adapter says when nothing names the address
        return str(request.META.get("REMOTE_ADDR", ""))
