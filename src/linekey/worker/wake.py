"""Sleep until a change is committed, by any process.

PostgreSQL tells; SQLite is asked every few milliseconds.
"""

import select
import socket
import time
from typing import Self

import psycopg
from django.db import OperationalError, connection

from linekey.records.outbox import WAKE_CHANNEL

SQLITE_ASK_SECONDS = 0.01
"""`PRAGMA data_version` reads one counter in shared memory: 100 of them a second cost under 1 % of a core."""


class Waker:
    """Used by one thread; `nudge` may be called by any."""

    def __init__(self) -> None:
        self._nudged, self._nudge = socket.socketpair()
        self._nudged.setblocking(False)
        self._nudge.setblocking(False)
        self._version = -1
        self._listening: object = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *trouble: object) -> None:
        self._nudge.close()
        self._nudged.close()

    def nudge(self) -> None:
        try:
            self._nudge.send(b"!")
        except BlockingIOError:
            return  # Nudged a few thousand times already: it will wake.

    def wait(self, seconds: float) -> None:
        """Return at once after a nudge or a commit elsewhere, else after `seconds`."""
        if connection.vendor == "postgresql":
            self._wait_postgresql(seconds)
        else:
            self._wait_sqlite(seconds)

    def _wait_sqlite(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._readable(SQLITE_ASK_SECONDS) or self._committed_elsewhere():
                return

    def _committed_elsewhere(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = int(cursor.fetchone()[0])
        changed, self._version = version != self._version, version
        return changed

    def _wait_postgresql(self, seconds: float) -> None:
        connection.ensure_connection()
        raw = connection.connection
        if raw is not self._listening:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {WAKE_CHANNEL}")
            self._listening = raw
            return  # Something may have been committed before we listened.
        try:
            # What arrived beside the answer to a query is kept by the driver, and the socket stays silent.
            if any([*raw.notifies(timeout=0)]):
                return
            readable, _, _ = select.select([raw.fileno(), self._nudged], [], [], seconds)
            if raw.fileno() in readable:
                [*raw.notifies(timeout=0)]
        except psycopg.Error as trouble:
            connection.close()
            raise OperationalError("the listening connection ended") from trouble
        if self._nudged in readable:
            self._drain()

    def _readable(self, seconds: float) -> bool:
        readable, _, _ = select.select([self._nudged], [], [], seconds)
        if readable:
            self._drain()
        return bool(readable)

    def _drain(self) -> None:
        try:
            while self._nudged.recv(4096):
                pass
        except BlockingIOError:
            return
