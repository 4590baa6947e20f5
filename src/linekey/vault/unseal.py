"""Stored form in, clear text out. One caller outside this room: `enact`."""

import json

from linekey.domain.secret import Secret
from linekey.vault.keyring import ring
from linekey.vault.seal import NONCE_BYTES

Sealed = bytes | memoryview
"""PostgreSQL hands a column of bytes over as a memoryview."""


def unseal(sealed: Sealed, place: str) -> bytes:
    """The clear bytes.

    Raises `cryptography.exceptions.InvalidTag` when moved, altered or sealed by another ring.
    """
    name, _, rest = bytes(sealed).partition(b"\0")
    return ring().cipher(name.decode()).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())


def unseal_secret(sealed: Sealed, place: str) -> Secret:
    return Secret(unseal(sealed, place).decode())


def unseal_digests(sealed: Sealed, place: str) -> dict[str, Secret]:
    """The digests of a SIP version, by the names `seal.sip_digests` gives.

    Password-equivalent, hence Secret.
    """
    return {name: Secret(value) for name, value in json.loads(unseal(sealed, place)).items()}
