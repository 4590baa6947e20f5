"""What Kamailio keeps of a password, for rows made by the hundred thousand (RFC 2617 section 3.2.2.2)."""

import hashlib


def digests(username: str, realm: str, password: str) -> tuple[str, str]:
    """HA1 of `username`, and of `username@realm`."""
    return _md5(f"{username}:{realm}:{password}"), _md5(f"{username}@{realm}:{realm}:{password}")


def _md5(told: str) -> str:
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()
