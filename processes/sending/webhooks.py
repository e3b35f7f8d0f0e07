"""A signed POST to an address outside. Private addresses are refused, whatever name leads to them."""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.models import OutMessage

PATIENCE = 10  # seconds
MOST_BYTES = 64 * 1024


def signature(body: bytes) -> str:
    """`sha256=…`: HMAC of the body with the installation's secret for webhooks."""
    return "sha256=" + hmac.new(settings.WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()


def send(message: OutMessage) -> None:
    """Raises OSError where nobody answers and RuntimeError for an answer that is no success; Refused for an address
    that may not be asked. Redirections are not followed: they could lead inside."""
    target = checked(message.to)
    body = json.dumps(message.payload, ensure_ascii=False).encode()
    connection = _connection(target)
    try:
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection.request("POST", path, body, {
            "Content-Type": "application/json",
            "User-Agent": "Romashka",
            "Idempotency-Key": str(message.key),
            "X-Romashka-Signature": signature(body),
        })  # fmt: skip
        answer = connection.getresponse()
        answer.read(MOST_BYTES)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"HTTP {answer.status}")


def checked(url: str) -> SplitResult:
    """The address in its parts. Refused for what is none, and for anything but http and https."""
    try:
        target = urlsplit(url)
        port = target.port
    except ValueError as wrong:
        raise Refused(_("“%(url)s” is no address.") % {"url": url}) from wrong
    if target.scheme not in {"http", "https"} or not target.hostname or target.username or port == 0:
        raise Refused(_("“%(url)s” is no address: begin with https://.") % {"url": url})
    return target


def _connection(target: SplitResult) -> http.client.HTTPConnection:
    """To the very address that was looked at, so that the name cannot mean another one a moment later."""
    name = target.hostname or ""
    port = target.port or (443 if target.scheme == "https" else 80)
    at = _allowed(name, port)
    sock = socket.create_connection((at, port), PATIENCE)
    if target.scheme == "https":
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=name)
    connection = http.client.HTTPConnection(name, port, timeout=PATIENCE)
    connection.sock = sock
    return connection


def _allowed(name: str, port: int) -> str:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not settings.WEBHOOKS_INSIDE and any(not ipaddress.ip_address(each).is_global for each in addresses):
        raise Refused(
            _("“%(name)s” is an address inside the house. WEBHOOKS_INSIDE=1 allows these.") % {"name": name}
        )
    return addresses[0]
