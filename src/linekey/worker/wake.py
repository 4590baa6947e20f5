"""Sleep until a change is committed, by any process.

PostgreSQL tells; SQLite is asked every few milliseconds.
"""

import select
import time

from django.db import Error, OperationalError, connection

from linekey.records.outbox import WAKE_CHANNEL

SQLITE_ASK_SECONDS = 0.002
"""`PRAGMA data_version` reads one counter in shared memory: 500 of them a second cost about 1 % of a core."""


class Waker:
    """Used by one thread, on its own connection."""

    def __init__(self) -> None:
        self._version = -1
        self._listening: object = None

    def wait(self, seconds: float) -> bool:
        """True at once after a commit elsewhere, else False after `seconds`.

        The first answer on a connection is True: something may have been committed before it was asked.
        """
        if connection.vendor == "postgresql":
            return self._wait_postgresql(seconds)
        return self._wait_sqlite(seconds)

    def _wait_sqlite(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._committed_elsewhere():
            if time.monotonic() >= deadline:
                return False
            time.sleep(SQLITE_ASK_SECONDS)
        return True

    def _committed_elsewhere(self) -> bool:
        connection.ensure_connection()
        # Straight to the driver: all the wrapping would cost three times as much as the question.
        version = int(connection.connection.execute("PRAGMA data_version").fetchall()[0][0])
        changed, self._version = version != self._version, version
        return changed

    def _wait_postgresql(self, seconds: float) -> bool:
        connection.ensure_connection()
        raw = connection.connection
        if raw is not self._listening:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {WAKE_CHANNEL}")
            self._listening = raw
            return True
        try:
            # Errors as Django names them: to import the driver here would cost every SQLite 8 MB.
            with connection.wrap_database_errors:
                # What arrived beside the answer to a query is kept by the driver; the socket stays silent.
                if any([*raw.notifies(timeout=0)]):
                    return True
                readable, _, _ = select.select([raw.fileno()], [], [], seconds)
                return any([*raw.notifies(timeout=0)]) if readable else False
        except Error as trouble:
            connection.close()
            raise OperationalError("the listening connection ended") from trouble
