"""Web Push: who we are to a push service (RFC 8292), and words that only the one browser can read (RFC 8291, 8188)."""

import base64
import os
import time
from functools import lru_cache
from urllib.parse import urlsplit

import orjson
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from orgs import crypto

SECONDS_OF_A_PROOF = 12 * 3600
RECORD = 4096
SIZES = (512, 1024, 2048, 3900)
"""What goes out is filled up to one of these, so that its length tells nothing of its words."""


class BadKey(ValueError):
    """This cannot be a browser's key."""


def b64(data: bytes) -> str:
    """Base64url without filling."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of base64url, filled or not. Raises ``BadKey``."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadKey from error


def check_keys(p256dh: str, auth: str) -> None:
    """Raise ``BadKey`` for what no browser gives."""
    _point(unb64(p256dh))
    if len(unb64(auth)) != 16:
        raise BadKey


def public_key() -> str:
    """The installation's public key, as browsers take it when they subscribe."""
    return b64(_bytes_of(_own_key().public_key()))


def proof(endpoint: str) -> str:
    """The ``Authorization`` by which a push service knows that it is this installation that sends."""
    parts = urlsplit(endpoint)
    hour = int(time.time()) // 3600
    return _proof(f"{parts.scheme}://{parts.netloc}", hour)


@lru_cache(maxsize=32)
def _proof(origin: str, hour: int) -> str:
    until = hour * 3600 + SECONDS_OF_A_PROOF
    head = b64(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
    claims = b64(orjson.dumps({"aud": origin, "exp": until, "sub": _contact()}))
    signed = f"{head}.{claims}".encode("ascii")
    first, second = decode_dss_signature(_own_key().sign(signed, ec.ECDSA(hashes.SHA256())))
    signature = b64(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={signed.decode('ascii')}.{signature}, k={public_key()}"


def sealed(
    data: bytes, p256dh: str, auth: str, *, salt: bytes = b"", key: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body of a push: one record of ``aes128gcm``. ``salt`` and ``key`` are given by tests only."""
    browser, secret = unb64(p256dh), unb64(auth)
    salt, key = salt or os.urandom(16), key or ec.generate_private_key(ec.SECP256R1())
    ours = _bytes_of(key.public_key())
    shared = key.exchange(ec.ECDH(), _point(browser))
    material = _derived(shared, secret, b"WebPush: info\0" + browser + ours, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, data + b"\2", None)


def filled(data: bytes) -> bytes:
    """JSON with spaces behind it, up to the next of ``SIZES``."""
    return data.ljust(next((size for size in SIZES if size >= len(data)), len(data)))


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except (ValueError, InvalidKey) as error:
        raise BadKey from error


def _bytes_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _contact() -> str:
    """Whom the people of a push service may ask: our pages, or the address that letters come from."""
    if settings.HTTPS:
        return str(settings.SITE_URL)
    from orgs.messaging.channels.letters import sender_address

    return f"mailto:{sender_address()}"


@lru_cache(maxsize=1)
def _own_key() -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(crypto.kept_secret("push.pem", _new_key).encode("ascii"), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode("ascii").strip()
