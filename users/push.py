"""Messages to browsers (Web Push): encrypted for the browser alone, signed as this installation.

RFC 8030 (delivery), RFC 8188 and 8291 (encryption of the content), RFC 8292 (VAPID). The cryptography is the
library's; this only puts its pieces together as those documents say.
"""

import base64
import http.client
import json
import os
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from users.models import Notification, PushKey, PushSubscription

__all__ = ["Gone", "InvalidTag", "encrypted", "payload_of", "public_key", "send", "subscribe"]

TIMEOUT = 10
DAY = 24 * 3600
GONE = {404, 410}
RECORD = 4096
LONGEST = 3000  # bytes of content; push services take four thousand, encrypted
CURVE = ec.SECP256R1()


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
    try:
        is_whole = len(_bytes(secret)) == 16 and bool(_point(_bytes(public)))
    except ValueError:
        is_whole = False
    if not is_whole:
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
    content = json.dumps(payload, ensure_ascii=False).encode()
    if len(content) > LONGEST:
        content = json.dumps(payload | {"text": payload["text"][:200]}, ensure_ascii=False).encode()
    body = encrypted(content, _bytes(subscription.public), _bytes(subscription.secret))
    parts = urlsplit(subscription.endpoint)
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(DAY),
        "Urgency": "high",
        "Authorization": _authorization(f"{parts.scheme}://{parts.netloc}"),
    }
    status, words = _posted(parts, body, headers)
    if status in GONE:
        raise Gone(subscription.endpoint)
    if not 200 <= status < 300:
        raise Failed(f"{parts.hostname} answered {status}: {words}")


def public_key() -> str:
    """What browsers subscribe with; the pair is made the first time it is asked for, by a POST."""
    return _pair()[0]


def encrypted(
    content: bytes,
    browser: bytes,
    secret: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """RFC 8291 with one record of RFC 8188. `salt` and `own` are given only to repeat the example of the RFC."""
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    mine = _raw(own.public_key())
    shared = own.exchange(ec.ECDH(), _point(browser))
    key_material = _derived(shared, secret, b"WebPush: info\x00" + browser + mine, 32)
    key = _derived(key_material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(key_material, salt, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(key).encrypt(nonce, content + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


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


def _authorization(audience: str) -> str:
    """VAPID: a token signed with ES256 (RFC 7515), good for half a day at this push service."""
    public, private = _pair()
    said = {
        "aud": audience,
        "exp": int(time.time()) + DAY // 2,
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    head = _text(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    signed = f"{head}.{_text(json.dumps(said).encode())}"
    r, s = utils.decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public}"


def _pair() -> tuple[str, ec.EllipticCurvePrivateKey]:
    kept = PushKey.objects.filter(pk=1).first()
    if kept is not None:
        try:
            return kept.public, _opened(kept.private)
        except InvalidToken:
            pass  # another SECRET_KEY than the one it was closed with
    with transaction.atomic():
        private = ec.generate_private_key(CURVE)
        public = _text(_raw(private.public_key()))
        if kept is not None:
            PushKey.objects.filter(pk=1, public=kept.public).delete()
            PushSubscription.objects.all().delete()
        PushKey.objects.bulk_create(
            [PushKey(pk=1, public=public, private=_closed(private))], ignore_conflicts=True
        )
    kept = PushKey.objects.get(pk=1)
    return kept.public, _opened(kept.private)


def _vault() -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(_derived(settings.SECRET_KEY.encode(), b"users.push", b"private key", 32))
    )


def _closed(private: ec.EllipticCurvePrivateKey) -> str:
    plain = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _vault().encrypt(plain).decode()


def _opened(closed: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(_vault().decrypt(closed.encode()), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
