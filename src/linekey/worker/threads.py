"""A thread's connection to the database is its own, and so are its bugs: nobody else closes or hears them."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import close_old_connections, connection

from linekey.worker import told

log = logging.getLogger("linekey.worker")


def closing(work: Callable[[], None]) -> None:
    """Do it, and close the connection when it broke or grew old. Raises nothing."""
    try:
        work()
    except Exception as bug:
        # Nobody reads the future: without this line the trouble would be silent.
        log.error(
            "work failed, its effects are claimed again when their lease ends: %s", told.without_words(bug)
        )
    finally:
        close_old_connections()


def close_connections(hands: ThreadPoolExecutor, threads: int) -> None:
    """Of all its threads: each takes one task, as none ends before all have begun."""
    everybody = Barrier(threads)

    def close() -> None:
        everybody.wait()
        connection.close()

    for _ in range(everybody.parties):
        hands.submit(close)
