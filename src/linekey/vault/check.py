"""Does this proof match? Answers yes or no, in constant time, and tells nothing else."""

import hashlib
import hmac

from django.contrib.auth.hashers import check_password, make_password

from linekey.domain.kinds import Kind, Stored
from linekey.domain.secret import Secret
from linekey.vault.seal import sip_digests
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
        kept = unseal_digests(sealed, place)["sha256"].reveal()
        return hmac.compare_digest(kept, sip_digests(secret, username, realm)["sha256"])
    return hmac.compare_digest(unseal(sealed, place), secret.reveal().encode())


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
