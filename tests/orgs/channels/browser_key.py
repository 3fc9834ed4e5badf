"""The browser's half of a push: its keys, and reading what only it can read (RFC 8291), written apart from ours."""

import base64

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand


class BrowserKey:
    """One subscription's keys."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"0123456789abcdef") -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.auth = auth

    @property
    def raw(self) -> bytes:
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return self.key.public_key().public_bytes(*form)

    def words(self) -> dict[str, str]:
        return {"p256dh": _text(self.raw), "auth": _text(self.auth)}

    def read(self, body: bytes) -> bytes:
        """The words of one push, without what fills them up."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= 4096
        assert len(sealed) <= size
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        secret = self.key.exchange(ec.ECDH(), point)
        first = _mac(self.auth, secret)
        material = HKDFExpand(hashes.SHA256(), 32, b"WebPush: info\0" + self.raw + theirs).derive(first)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\2"), "the last record"
        return plain[:-1]


def _mac(key: bytes, data: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(data)
    return made.finalize()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
