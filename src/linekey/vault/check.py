"""Does this proof match? Answers yes or no, in constant time, and tells nothing else."""

import hashlib
import hmac

from django.contrib.auth.hashers import check_password, make_password

from linekey.domain.imported import Held
from linekey.domain.kinds import Kind, Stored
from linekey.domain.secret import Secret
from linekey.vault.seal import held_digests, sip_digests
from linekey.vault.unseal import Sealed, unseal, unseal_digests


def password_matches(secret: Secret, encoded: str | None) -> bool:
    """One Argon2 hash whatever happens (law 7).

    With nobody to compare to, the same work is done for nothing.
    """
    if encoded is None:
        make_password(secret.reveal())
        return False
    return check_password(secret.reveal(), encoded)


def credential_matches(
    kind: Kind, sealed: Sealed, place: str, secret: Secret, *, username: str, realm: str
) -> bool:
    """Is `secret` the one behind this version? Compares digests where only digests are kept."""
    try:
        secret.reveal().encode()
    except UnicodeEncodeError:
        return False  # Half a character, as JSON may carry (RFC 8259 section 8.2): no secret was made of it.
    if kind.stored is Stored.DIGESTS:
        kept = unseal_digests(sealed, place)
        # Of an imported line only the digest of the registrar may be known.
        best = "sha256" if "sha256" in kept else "md5"
        return hmac.compare_digest(kept[best].reveal(), sip_digests(secret, username, realm)[best])
    return hmac.compare_digest(unseal(sealed, place), secret.reveal().encode())


def agrees(held: Held, *, username: str, realm: str) -> bool:
    """Do the clear password and the digest of a line say the same, where both stand on the element?"""
    if held.clear is None or "md5" not in held.digests:
        return True
    made = sip_digests(held.clear, username, realm)["md5"]
    return hmac.compare_digest(made, held.digests["md5"].reveal())


def holds(kind: Kind, sealed: Sealed, place: str, held: Held, *, username: str, realm: str) -> bool:
    """Is what the element holds what this version keeps? Only digests known on both sides are compared."""
    if kind.stored is Stored.DIGESTS and bytes(sealed):
        kept, found = unseal_digests(sealed, place), held_digests(held, username, realm)
        common = sorted(kept.keys() & found.keys())
        return all([hmac.compare_digest(kept[name].reveal(), found[name]) for name in common])
    if not bytes(sealed) or held.clear is None:
        return not bytes(sealed) and held.clear is None
    return hmac.compare_digest(unseal(sealed, place), held.clear.reveal().encode())


def ovh_signature_matches(
    signature: str,
    *,
    sealed_secret: Sealed,
    secret_place: str,
    sealed_key: Sealed,
    key_place: str,
    signed: bytes,
) -> bool:
    """`$1$` + SHA-1 of `secret+consumer key+` and the `METHOD+URL+BODY+TIMESTAMP` bytes the caller signed.

    Protocol of the OVH API v1; SHA-1 is its choice. Both keys are opened here and never leave.
    """
    material = unseal(sealed_secret, secret_place) + b"+" + unseal(sealed_key, key_place) + b"+" + signed
    expected = "$1$" + hashlib.sha1(material, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
