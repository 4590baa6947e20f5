"""The worker: claim what is due, make it true, settle it. Any number may run beside each other."""

import logging
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from linekey.enact.outside import Again, Outcome, Outside, backoff
from linekey.enact.table import IN_BATCHES, make_true
from linekey.records import outbox
from linekey.records.outbox import Claimed
from linekey.wiring import wire
from linekey.worker import schedule
from linekey.worker.settle import settle
from linekey.worker.wake import Waker

log = logging.getLogger("linekey.worker")

THREADS = 8
"""A slow element keeps one thread busy, not the queue."""
IDLE_SECONDS = 0.25
"""How long to sleep when nobody wakes us: effects put back until a moment are due by themselves."""
DATABASE_PAUSE_SECONDS = 1.0


def main() -> int:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Worker(wire(), settings.LINEKEY_LEASE).run(stop)
    return 0


class Worker:
    def __init__(self, outside: Outside, lease: timedelta) -> None:
        self._outside = outside
        self._lease = lease
        self._waker = Waker()

    def run(self, stop: Event) -> None:
        """Until `stop`, then let what is under way end."""
        with ThreadPoolExecutor(THREADS, thread_name_prefix="hand") as hands:
            hands.submit(_closing, partial(schedule.run, self._outside, stop))
            while not stop.is_set():
                try:
                    claimed = self.claim(THREADS * 8)
                except (OperationalError, InterfaceError) as trouble:
                    # Our own database is away: nothing can be lost, the promises are in it.
                    log.warning("database unreachable, trying again: %s", type(trouble).__name__)
                    connection.close()
                    stop.wait(DATABASE_PAUSE_SECONDS)
                    continue
                for batch in grouped(claimed):
                    hands.submit(_closing, partial(self.make_true, batch))
                if not claimed:
                    self._waker.wait(IDLE_SECONDS)
        self._waker.close()

    def claim(self, limit: int) -> list[Claimed]:
        return outbox.claim(now=timezone.now(), lease=self._lease, limit=limit)

    def make_true(self, batch: list[Claimed]) -> None:
        """One batch from claim to settled. A bug in a hand costs its own effects a retry, not the worker its life."""
        try:
            outcomes = make_true(batch, self._outside, timezone.now())
        except (OperationalError, InterfaceError):
            close_old_connections()
            return  # The lease ends by itself and the effects are claimed again.
        except Exception as bug:
            log.exception("effect %s failed", [claimed.id for claimed in batch])
            outcomes = {claimed.id: _after_bug(claimed, bug) for claimed in batch}
        for claimed in batch:
            settle(claimed, outcomes[claimed.id])
        self._waker.nudge()


def _closing(work: Callable[[], None]) -> None:
    """A thread's database connection is its own: close it when it broke or grew old."""
    try:
        work()
    finally:
        close_old_connections()


def grouped(claimed: Iterable[Claimed]) -> list[list[Claimed]]:
    """Batches of one kind where the kind takes batches, else one by one."""
    groups: dict[str, list[Claimed]] = defaultdict(list)
    for item in claimed:
        groups[item.kind if item.kind in IN_BATCHES else f"{item.kind}:{item.id}"].append(item)
    return list(groups.values())


def _after_bug(claimed: Claimed, bug: Exception) -> Outcome:
    # Only the class: a message may quote what it choked on.
    return Again(timezone.now() + backoff(claimed.attempts), f"internal error: {type(bug).__name__}")
