"""Sealing a PPPoE password for FreeRADIUS, which alone opens it (deploy/freeradius/…/linekey_unseal.py).

This room seals and never opens: the key is here only so that passwords can travel to the element.

Blob, ASCII, at most 253 characters for a password of 128 bytes:

    lk1:<key id>:<base64 of nonce (12 bytes) + AES-256-GCM ciphertext and tag>
    lk1p:<key id>:<the same>        the password before it, while a rotation in grace lasts

Key id: first 8 hex digits of SHA-256("linekey-radius-key" + key). Associated data: "lk1:<key id>:<login>", of
the one before "lk1p:<key id>:<rotation>:<until>:<login>", in UTF-8, so that a row copied to another login or
into the other place, or kept longer, does not open.
"""

import base64
import hashlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linekey.domain.secret import Secret

KEY_BYTES = 32
LONGEST_PASSWORD = 128
"""Bytes; RFC 2865 section 5.2 carries no more in User-Password."""


def seal_for_radius(login: str, secret: Secret, key: bytes, before: tuple[str, int] | None = None) -> str:
    """The value of a Linekey-Sealed-Password row; with `before`, of a Linekey-Sealed-Previous row.

    `before` names the rotation (letters and digits) and the epoch second it ends. ValueError for a wrong key
    or a too long password.
    """
    clear = secret.reveal().encode()
    if len(clear) > LONGEST_PASSWORD:
        raise ValueError("a PPPoE password has at most 128 bytes")
    if len(key) != KEY_BYTES:
        raise ValueError("the RADIUS key has 32 bytes")
    key_id = hashlib.sha256(b"linekey-radius-key" + key).hexdigest()[:8]
    header, place = f"lk1:{key_id}:", login
    if before is not None:
        rotation, until = before
        header, place = f"lk1p:{key_id}:", f"{rotation}:{until}:{login}"
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, clear, f"{header}{place}".encode())
    return header + base64.b64encode(nonce + sealed).decode()


def sealing_key(file: Path) -> bytes:
    """The key that seals: the first of the base64 lines in the RADIUS host's key file; every one opens."""
    return base64.b64decode(file.read_text().split()[0])
