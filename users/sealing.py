"""What Web Push seals and signs: RFC 8188 and 8291 (the content), RFC 8292 (VAPID, who we are).

The cryptography is the library's; this only puts its pieces together as those documents say. The library weighs
seven megabytes in every process that imports it, so `push` asks for this file only when there is something to seal.
"""

import base64
import json
import os
import time

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from users.models import PushKey, PushSubscription

HALF_A_DAY = 12 * 3600
RECORD = 4096
CURVE = ec.SECP256R1()


def is_whole(public: str, secret: str) -> bool:
    """Whether these are a browser's key and secret, as its subscription tells them."""
    try:
        return len(bytes_of(secret)) == 16 and bool(point_of(bytes_of(public)))
    except ValueError:
        return False


def public_key() -> str:
    """What browsers subscribe with; the pair is made the first time it is asked for."""
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
    mine = raw_of(own.public_key())
    shared = own.exchange(ec.ECDH(), point_of(browser))
    key_material = _derived(shared, secret, b"WebPush: info\x00" + browser + mine, 32)
    key = _derived(key_material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(key_material, salt, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(key).encrypt(nonce, content + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


def authorization(audience: str) -> str:
    """VAPID: a token signed with ES256 (RFC 7515), good for half a day at this push service."""
    public, private = _pair()
    said = {
        "aud": audience,
        "exp": int(time.time()) + HALF_A_DAY,
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    head = text_of(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    signed = f"{head}.{text_of(json.dumps(said).encode())}"
    r, s = utils.decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{text_of(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public}"


def point_of(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)


def raw_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _pair() -> tuple[str, ec.EllipticCurvePrivateKey]:
    kept = PushKey.objects.filter(pk=1).first()
    if kept is not None:
        try:
            return kept.public, _opened(kept.private)
        except InvalidToken:
            pass  # another SECRET_KEY than the one it was closed with
    with transaction.atomic():
        private = ec.generate_private_key(CURVE)
        public = text_of(raw_of(private.public_key()))
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
