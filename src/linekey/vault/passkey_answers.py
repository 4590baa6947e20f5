"""WebAuthn (level 3): what a browser answers, checked by py_webauthn. Private keys stay with their owners.

Anything at all may come back, and no more is ever said of it than that it does not hold.
"""

from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn import helpers

from linekey.vault.passkeys import origin, rp_id

LONGEST_ID = 1023
"""Bytes of a credential ID (section 5.8.3)."""
LONGEST_KEY = 4096
"""Bytes of a public key as we keep it: one for RSA of 16384 bits is shorter."""


@dataclass(frozen=True)
class NewKey:
    credential_id: str
    """base64url."""
    public_key: bytes
    """COSE (RFC 9052)."""
    sign_count: int
    transports: tuple[str, ...]
    passkey: bool
    """It verified its user (PIN, finger, face) and can be found without being named: it signs in alone."""


@dataclass(frozen=True)
class Assertion:
    """The signature holds, over this challenge, for this site."""

    sign_count: int
    copied: bool
    """The counter did not go up: two authenticators answer for one key (section 6.1.1)."""


def check_creation(response: object, *, challenge: str) -> NewKey | None:
    """The new credential; None for another challenge, origin or party, or when anything does not hold.

    Section 7.1. Who made the authenticator is neither asked nor believed.
    """
    answer = response if isinstance(response, dict) else {}
    try:
        credential = helpers.parse_registration_credential_json(answer)
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
        )
        # The library looks at the name of the algorithm alone: what is no key would lock its owner out later.
        helpers.decoded_public_key_to_cryptography(
            helpers.decode_credential_public_key(found.credential_public_key)
        )
        framed = _is_framed(credential.response.client_data_json)
    except Exception:
        # What hostile answers raise has no common base: OverflowError, errors of cryptography, of pyOpenSSL…
        return None
    if framed or len(found.credential_id) > LONGEST_ID or len(found.credential_public_key) > LONGEST_KEY:
        return None
    return NewKey(
        credential_id=helpers.bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        transports=tuple(dict.fromkeys(each.value for each in credential.response.transports or ())),
        passkey=found.user_verified and _can_be_found(answer),
    )


def check_assertion(
    response: object,
    *,
    challenge: str,
    public_key: bytes | memoryview,
    sign_count: int,
    handle: bytes,
    alone: bool,
) -> Assertion | None:
    """None when anything does not hold (section 7.2).

    `alone`: nothing else is proven, so that it must say whose it is, and have verified them. A key that is
    named may leave both out.
    """
    answer = response if isinstance(response, dict) else {}
    try:
        credential = helpers.parse_authentication_credential_json(answer)
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=rp_id(),
            expected_origin=origin(),
            credential_public_key=bytes(public_key),
            # Compared below: the library does not tell a copied key from a bad signature.
            credential_current_sign_count=0,
            require_user_verification=alone,
        )
        framed = _is_framed(credential.response.client_data_json)
    except Exception:  # As above.
        return None
    told = credential.response.user_handle
    if framed or (told != handle if alone else told not in (handle, b"", None)):
        return None
    new = found.new_sign_count
    return Assertion(new, copied=max(new, sign_count) > 0 and new <= sign_count)


def _is_framed(client_data: bytes) -> bool:
    """Asked for by another site which shows ours in a frame: we never do that."""
    return bool(helpers.parse_client_data_json(client_data).cross_origin)


def _can_be_found(answer: dict[str, Any]) -> bool:
    """Unless the browser knows that it cannot; some say nothing of it."""
    told = answer.get("clientExtensionResults")
    properties = told.get("credProps") if isinstance(told, dict) else None
    return not (isinstance(properties, dict) and properties.get("rk") is False)
