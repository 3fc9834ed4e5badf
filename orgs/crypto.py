"""Sealing what must stay unread, and hashing what must be found without being read.

Keys lie in ``settings.KEYS_DIR`` (0600), one file a purpose, made on first use. ``identity.keys`` holds Fernet keys,
one a line, newest first: old rows stay readable after a rotation. ``hash.key`` keys every hash, so that a stolen
database cannot be searched for a phone number. ``push.pem`` says to push services who we are.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(data: dict[str, Any]) -> bytes:
    """Encrypt a small record (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def unseal(token: bytes | memoryview) -> dict[str, Any]:
    """Decrypt what ``seal`` made. Raises ``cryptography.fernet.InvalidToken`` when changed or the key is gone."""
    opened: dict[str, Any] = json.loads(_fernet().decrypt(bytes(token)))
    return opened


def seal_bytes(data: bytes) -> bytes:
    """Encrypt the bytes of a file, by the same keys."""
    return _fernet().encrypt(data)


def unseal_bytes(token: bytes) -> bytes:
    """Decrypt what ``seal_bytes`` made. Raises ``cryptography.fernet.InvalidToken`` when changed or the key is gone."""
    return _fernet().decrypt(token)


def keyed_hash(purpose: str, value: str) -> str:
    """A hash by which a value can be found but not read (HMAC-SHA256, 64 hex digits); differs by purpose."""
    return hmac.digest(_hash_key(), f"{purpose}\0{value}".encode(), "sha256").hex()


def keyed_proof(purpose: bytes, value: bytes) -> bytes:
    """The 32 bytes of such a hash, in one call: for what is made once for each of thousands of messages."""
    return hmac.digest(_hash_key(), purpose + b"\0" + value, "sha256")


def derived_digits(purpose: str, value: str, count: int) -> str:
    """``count`` decimal digits that follow from a value and the key, and from nothing else."""
    number = int(keyed_hash(purpose, value), 16)
    return str(number % 10**count).zfill(count)


@lru_cache(maxsize=1)
def _fernet() -> MultiFernet:
    lines = kept_secret("identity.keys", lambda: Fernet.generate_key().decode()).split()
    return MultiFernet([Fernet(line.encode()) for line in lines])


@lru_cache(maxsize=1)
def _hash_key() -> bytes:
    return bytes.fromhex(kept_secret("hash.key", lambda: secrets.token_hex(32)))


def kept_secret(name: str, make: Callable[[], str]) -> str:
    """Read a key file; make it when absent. Two processes at once agree: the first link wins, whole."""
    folder = Path(settings.KEYS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(make() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
