"""Move a sealed value under the current key, in place; its clear text never leaves this room."""

from linekey.vault.keyring import ring
from linekey.vault.seal import seal
from linekey.vault.unseal import Sealed, unseal


def key_of(sealed: Sealed) -> str:
    """Name of the key a value is sealed by."""
    return bytes(sealed).partition(b"\0")[0].decode()


def reseal(sealed: Sealed, place: str) -> bytes | None:
    """The same value under the current key; None when it is there already."""
    if key_of(sealed) == ring().current:
        return None
    return seal(unseal(sealed, place), place)
