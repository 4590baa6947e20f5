"""WebAuthn (level 3): what a browser is asked. `passkey_answers` judges what comes back.

The relying party is the host of the configured public address, never of a request (law 9).
"""

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from webauthn import helpers
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

TIMEOUT = 300_000
"""Milliseconds a person has to find their key; nobody is hurried (section 15.1)."""

Registered = tuple[str, Sequence[str]]
"""A credential ID, base64url, and its transports."""


def new_challenge() -> str:
    """64 random bytes, base64url."""
    return helpers.bytes_to_base64url(helpers.generate_challenge())


def creation_options(
    challenge: str, *, handle: bytes, account: str, name: str, registered: Sequence[Registered]
) -> dict[str, Any]:
    """For `navigator.credentials.create()`. What is `registered`, an authenticator must not add again."""
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=settings.LINEKEY_OPERATOR_NAME,
        user_id=handle,
        user_name=account,
        user_display_name=name,
        challenge=helpers.base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        exclude_credentials=_descriptors(registered),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    # The only way to hear whether it can be found without being named (section 10.1.3).
    return {**helpers.options_to_json_dict(options), "extensions": {"credProps": True}}


def request_options(challenge: str, *, allow: Sequence[Registered], alone: bool) -> dict[str, Any]:
    """For `navigator.credentials.get()`. Nothing in `allow`: any passkey may answer, and no account shows.

    `alone`: nothing else is proven, so that its user must be verified.
    """
    wanted = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.DISCOURAGED
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=helpers.base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        allow_credentials=_descriptors(allow),
        user_verification=wanted,
    )
    return helpers.options_to_json_dict(options)


def digest_of(response: object) -> str:
    """What a credential is looked up by: SHA-256 of its ID, whatever was sent in its place."""
    told = response.get("rawId") if isinstance(response, dict) else None
    return credential_digest(told if isinstance(told, str) else "")


def credential_digest(credential_id: str) -> str:
    return hashlib.sha256(credential_id.rstrip("=").encode(errors="replace")).hexdigest()


def handle_of(person_id: int) -> bytes:
    """The user handle, the same for all keys of one person.

    It tells nobody who that is (section 14.6.1) and, made of no secret, outlives every rotation of ours.
    """
    return hashlib.sha256(f"linekey:passkeys:{person_id}".encode()).digest()


def rp_id() -> str:
    return urlsplit(settings.LINEKEY_PUBLIC_URL).hostname or "localhost"


def origin() -> str:
    """As browsers write it (RFC 6454 section 6.2): lower case, and no port which goes without saying."""
    parts = urlsplit(settings.LINEKEY_PUBLIC_URL)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{rp_id()}{port}"


def _descriptors(registered: Sequence[Registered]) -> list[PublicKeyCredentialDescriptor]:
    known = {each.value for each in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=helpers.base64url_to_bytes(credential_id),
            transports=[AuthenticatorTransport(each) for each in transports if each in known],
        )
        for credential_id, transports in registered
    ]
