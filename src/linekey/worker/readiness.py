"""Could this process do its work now? The database, the tables this release knows, the keyring.

Asked by load balancers (`/readyz`) and by `linekey doctor`. Tells which part fails, and never a word of the
error: whoever asks may be anybody.
"""

import time
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from linekey.records import schema
from linekey.vault.keyring import ring

OK = "ok"
KEPT_SECONDS = 1.0
"""An answer holds so long: asking a thousand times a second costs the database nothing."""
LEAVING = "leaving"
"""A file in LINEKEY_HOME: while it is there, this machine wants no new visitors, and serves those it gets."""


class Readiness:
    """Of one process. Any number of threads may ask; one looks, the others get what was seen last."""

    def __init__(self) -> None:
        self._looking = Lock()
        self._seen: dict[str, str] = {"database": "not seen yet"}
        self._until = 0.0

    def parts(self) -> dict[str, str]:
        """Name of each part → `ok`, or one word about what is wrong with it."""
        if time.monotonic() >= self._until and self._looking.acquire(blocking=False):
            try:
                self._seen = look()
                self._until = time.monotonic() + KEPT_SECONDS
            finally:
                self._looking.release()
        return self._seen


def look() -> dict[str, str]:
    found = {"database": OK, "tables": OK, "keyring": OK}
    try:
        if schema.lacking():
            found["tables"] = "behind"
    except (DatabaseError, InterfaceError):
        connection.close()
        found |= {"database": "away", "tables": "unknown"}
    if keyring_trouble():
        found["keyring"] = "unreadable"
    if (settings.LINEKEY_HOME / LEAVING).exists():
        found[LEAVING] = "yes"
    return found


def keyring_trouble() -> str:
    """The class of what is wrong with the keyring; empty when it can be read."""
    try:
        ring()
    except (OSError, ValueError, KeyError) as trouble:
        return type(trouble).__name__
    return ""
