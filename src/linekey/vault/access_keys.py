"""Draws the parts of access keys, and checks a secret against what is kept of it. Keeps nothing."""

import hmac
import secrets

from linekey.domain import access_keys
from linekey.domain.secret import Secret
from linekey.vault.seal import digest

_NOBODYS = "0" * 64


def new_id() -> str:
    """`LKAK` and 80 random bits: names the key, and is no secret."""
    drawn = (secrets.choice(access_keys.ID_ALPHABET) for _ in range(access_keys.ID_DRAWN))
    return access_keys.ID_STARTS + "".join(drawn)


def new_secret() -> Secret:
    return _drawn(access_keys.SECRET_STARTS)


def new_token() -> Secret:
    return _drawn(access_keys.TOKEN_STARTS)


def new_refresh_token() -> Secret:
    return _drawn(access_keys.REFRESH_STARTS)


def is_secret(presented: Secret) -> bool:
    """Does it claim to be the secret of a key? A token claims otherwise."""
    return presented.reveal().startswith(access_keys.SECRET_STARTS)


def matches(presented: Secret, kept: str | None) -> bool:
    """The same work with nothing to compare to (law 7)."""
    return hmac.compare_digest(digest(presented), kept or _NOBODYS)


def _drawn(prefix: str) -> Secret:
    """256 random bits behind a prefix that names what it is."""
    return Secret(prefix + secrets.token_urlsafe(32))
