"""Whether a process of this release may start on the database as it is, and if not, why."""

from contextlib import suppress

from django.db import InterfaceError, OperationalError

from linekey.records import schema


def refusal() -> str:
    """A sentence; empty when it may start. A database which is away is waited for, as at any other time."""
    with suppress(OperationalError, InterfaceError):
        return schema.refusal()
    return ""
