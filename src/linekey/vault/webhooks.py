"""Draws the secret which signs an endpoint's events, and says it the way receivers expect it."""

import base64
import os

from linekey.domain.secret import Secret
from linekey.vault.seal import seal

BYTES = 32
"""Standard Webhooks 1.0: between 24 and 64 random bytes."""
STARTS = "whsec_"


def new_secret(place: str) -> tuple[Secret, bytes]:
    """To be shown once, and to be kept: the bytes themselves, sealed."""
    drawn = os.urandom(BYTES)
    return Secret(STARTS + base64.b64encode(drawn).decode()), seal(drawn, place)
