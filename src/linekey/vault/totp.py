"""Codes of an authenticator application (RFC 6238): SHA-1, six digits, 30 seconds, as all of them do."""

from datetime import datetime

import pyotp
from django.conf import settings
from django.utils.crypto import constant_time_compare

from linekey.domain.secret import Secret
from linekey.vault.seal import seal
from linekey.vault.unseal import Sealed, unseal, unseal_secret

STEP = 30
DRIFT = 1
"""Steps a clock may be wrong by, both ways. RFC 6238 section 5.2 recommends one at most; ASVS 5.0 6.5.5 wants
none, and the last counter kept with the device makes up for it: no code is taken twice."""


def new_seed() -> Secret:
    """160 random bits, base32 (RFC 4226 section 4, R6)."""
    return Secret(pyotp.random_base32())


def pending_seed(sealed: Sealed, place: str) -> Secret:
    """A seed which is not enrolled yet, for its owner to see again. An enrolled one is never shown."""
    return unseal_secret(sealed, place)


def enrolled(sealed: Sealed, place: str, *, to: str) -> bytes:
    """A pending seed, sealed anew for the device it now belongs to."""
    return seal(unseal(sealed, place), to)


def matching_counter(
    sealed: Sealed, place: str, code: str, *, after: int | None, now: datetime
) -> int | None:
    """The number of the 30 seconds whose code this is; None when it is of none that may still be used.

    `after` is the last number taken. Every window is compared, whichever matches.
    """
    generator = pyotp.TOTP(unseal_secret(sealed, place).reveal())
    at = int(now.timestamp()) // STEP
    windows = range(at - DRIFT, at + DRIFT + 1)
    found = [counter for counter in windows if constant_time_compare(code, generator.generate_otp(counter))]
    return max((counter for counter in found if after is None or counter > after), default=None)


def provisioning_uri(seed: Secret, *, account: str) -> Secret:
    """`otpauth://totp/…`, what the QR code holds: the seed stands in it."""
    made = pyotp.TOTP(seed.reveal()).provisioning_uri(
        name=account, issuer_name=settings.LINEKEY_OPERATOR_NAME
    )
    return Secret(made)
