"""Wait for a table briefly, let everybody pass, try again.

On PostgreSQL a statement which wants a table for itself waits for whoever uses it, and whoever comes behind
waits for that statement: a report that takes a minute would stop Linekey for a minute.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

LOCK_MILLISECONDS = 500
"""Less than `deadlock_timeout`, a second: in a deadlock the migration gives way, not a visitor."""
TRIES = 60
PAUSE_SECONDS = 1.0
_IN_USE = ("55P03", "40P01")
"""lock_not_available, deadlock_detected (postgresql.org/docs/15/errcodes-appendix.html)."""


class StillInUse(Exception):
    """Given up, with a sentence for whoever began it."""


@contextmanager
def short_waits(milliseconds: int = LOCK_MILLISECONDS) -> Iterator[None]:
    """Until the end no statement of this connection waits longer for a lock. SQLite has its own patience."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [str(milliseconds)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def patiently(
    run: Callable[[], object],
    *,
    say: Callable[[str], object],
    tries: int = TRIES,
    pause: float = PAUSE_SECONDS,
) -> None:
    """`run` goes on where it was: each of its steps is whole or not begun. Raises StillInUse."""
    for left in reversed(range(tries)):
        try:
            run()
            return
        except OperationalError as trouble:
            if getattr(trouble.__cause__, "sqlstate", None) not in _IN_USE:
                raise
            if not left:
                raise StillInUse(
                    "A table was in use all the time; pg_stat_activity tells by whom. What was done is done:"
                    " run the command again to go on."
                ) from None
            say("A table is in use, trying again.")
            time.sleep(pause)
