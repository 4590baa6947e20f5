"""Tell the workers that something was put or settled."""

from contextlib import suppress

from django.db import InterfaceError, OperationalError, connection, transaction

WAKE_CHANNEL = "linekey_outbox"


def wake() -> None:
    """Tell every worker after the commit. On SQLite they see for themselves that something was committed."""
    if connection.vendor == "postgresql":
        # Not within it: transactions which notify commit one after the other, and with a synchronous standby
        # each waits for the network. By itself NOTIFY writes nothing down, and waits for nobody.
        transaction.on_commit(_notify)


def _notify() -> None:
    # What was recorded is recorded: workers who are not told look for themselves four times a second.
    with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")
