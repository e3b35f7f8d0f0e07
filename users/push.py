"""Messages to browsers (Web Push, RFC 8030): encrypted for the browser alone, signed as this installation.

What is encrypted and signed, and by which standards, is in `sealing`: asked for late, because it is heavy and web
workers hardly ever need it.
"""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.errors import Refused
from users.models import Notification, PushSubscription

TIMEOUT = 10
DAY = 24 * 3600
GONE = {404, 410}
LONGEST = 3000  # bytes of content; push services take four thousand, encrypted


class Gone(Exception):
    """The browser has unsubscribed, or its push service has forgotten it."""


class Failed(Exception):
    """The push service did not take it; worth another attempt."""


def is_allowed(endpoint: str) -> bool:
    """Only push services of browsers: a subscription is an address that our server will call.

    A person could otherwise make it call machines inside the company's network.
    """
    if endpoint.startswith(tuple(settings.PUSH_TEST_ENDPOINTS)):
        return True
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    known = any(
        host == name or (name.startswith(".") and host.endswith(name)) for name in settings.PUSH_HOSTS
    )
    return parts.scheme == "https" and port in (None, 443) and not parts.username and known


def subscribe(person: Any, *, endpoint: str, public: str, secret: str, browser: str = "") -> PushSubscription:
    """Keep a browser; the same browser of somebody else before is theirs now. Refused where it is no browser's."""
    if len(endpoint) > 1000 or not is_allowed(endpoint):
        raise Refused(_("This browser's push service is not known to us, so it cannot be used."))
    from users import sealing

    if not sealing.is_whole(public, secret):
        raise Refused(_("The browser sent no usable key. Switch the messages off and on again."))
    kept, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"person": person, "public": public, "secret": secret, "browser": browser[:120]},
    )
    return kept


def unsubscribe(person: Any, *, pk: str = "", endpoint: str = "") -> int:
    """Forget one of the person's browsers; how many there were."""
    mine = PushSubscription.objects.filter(person=person)
    if pk:
        return mine.filter(pk=int(pk)).delete()[0] if pk.isdecimal() and len(pk) < 19 else 0
    return mine.filter(endpoint=endpoint).delete()[0] if endpoint else 0


def payload_of(told: Notification) -> dict[str, Any]:
    """What the browser shows; push_handler.js reads these names."""
    return {
        "title": told.title,
        "text": told.text,
        "url": told.url,
        "tag": f"{told.subject_kind}-{told.subject_id}" if told.subject_id else f"notification-{told.pk}",
        "id": told.pk,
        "count": told.count,
    }


def send(subscription: PushSubscription, payload: dict[str, Any]) -> None:
    """Hand a message to the browser's push service. Gone or Failed where it was not taken. Follows no redirect."""
    if not is_allowed(subscription.endpoint):
        raise Gone(subscription.endpoint)
    from users import sealing

    content = json.dumps(payload, ensure_ascii=False).encode()
    if len(content) > LONGEST:
        content = json.dumps(payload | {"text": payload["text"][:200]}, ensure_ascii=False).encode()
    body = sealing.encrypted(
        content, sealing.bytes_of(subscription.public), sealing.bytes_of(subscription.secret)
    )
    parts = urlsplit(subscription.endpoint)
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(DAY),
        "Urgency": "high",
        "Authorization": sealing.authorization(f"{parts.scheme}://{parts.netloc}"),
    }
    status, words = _posted(parts, body, headers)
    if status in GONE:
        raise Gone(subscription.endpoint)
    if not 200 <= status < 300:
        raise Failed(f"{parts.hostname} answered {status}: {words}")


def public_key() -> str:
    """What browsers subscribe with; the pair is made the first time it is asked for, by a POST."""
    from users import sealing

    return sealing.public_key()


def _posted(parts: Any, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options: dict[str, Any] = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    link = kind(parts.hostname, parts.port, timeout=TIMEOUT, **options)
    try:
        link.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = link.getresponse()
        return answer.status, answer.read(300).decode(errors="replace")
    finally:
        link.close()
