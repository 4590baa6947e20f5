"""Few places to keep memory in, for a process of many threads which mostly wait.

The C library gives each thread one of its own (mallopt(3), M_ARENA_MAX), and what one thread has freed helps
no other: a worker would keep a fifth more than it ever needs at once. SQLite gives each connection two
megabytes for pages of one file, which the kernel keeps for all of them, and which are worth nothing after
anybody else's commit.
"""

import ctypes
from typing import Any

from django.db.backends.signals import connection_created

_ARENA_MAX = -8  # malloc.h
_ARENAS = 2
_SQLITE_KIB = 512
"""Of pages which a connection keeps (`PRAGMA cache_size`): enough for what one step of its work asks."""


def share() -> None:
    """Before the first thread begins. The arenas: only where the library is GNU's."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_ARENA_MAX, _ARENAS)
    connection_created.connect(_keep_little)


def _keep_little(connection: Any, **of: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.execute(f"PRAGMA cache_size = -{_SQLITE_KIB}")
