"""Every second: what was written into the audit trail is chained and signed (NEW-7)."""

import logging
from threading import Event

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from linekey.usecases import chain_audit

log = logging.getLogger("linekey.chain")

EVERY_SECONDS = 1.0


def run(stop: Event) -> None:
    """Until `stop`, and once more then: what the last moments wrote is not left open. Any number may run."""
    try:
        while not stop.wait(EVERY_SECONDS):
            turn()
        turn()
    finally:
        connection.close()


def turn() -> None:
    try:
        chain_audit.chain_audit(now=timezone.now())
    except OSError as trouble:
        # Checkpoints which the file did not take are found again, and verifying names those that wait long.
        log.warning("the anchor file of the audit trail cannot be written: %s", type(trouble).__name__)
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("database unreachable, chaining the audit trail later: %s", type(trouble).__name__)
        connection.close()
