"""Our own database being away is no bug: a failover takes seconds, and nothing that was answered is lost.

Whoever asks meanwhile is told so, and when to come back. What was cut off while it was committed may be done
or not; sent again, it is done once: forms carry an operation of their own, programs their Idempotency-Key.
"""

from django.db import InterfaceError, OperationalError

RETRY_AFTER_SECONDS = 5


def is_outage(trouble: BaseException | None) -> bool:
    """Also a lock nobody got in time, a disk that is full: the same request may well pass later."""
    return isinstance(trouble, OperationalError | InterfaceError)


def told(trouble: BaseException) -> str:
    """Its class and first line; what follows may quote a statement."""
    return f"{type(trouble).__name__}: {str(trouble).partition(chr(10))[0]}"
