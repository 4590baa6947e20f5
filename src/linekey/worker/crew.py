"""A crew: one loop which claims what is due of some kinds, and the hands it gives that to.

Any number may run beside each other, in one process or in many: what one has claimed no other gets.
"""

import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from linekey.domain.effects import EffectKind
from linekey.enact.outside import Outside
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.worker import pulse
from linekey.worker.hand import carry_out, grouped
from linekey.worker.threads import close_connections, closing

log = logging.getLogger("linekey.worker")

THREADS = 8
"""A slow element keeps one thread busy, not the queue."""
BATCH_PER_THREAD, BULK_BATCH_PER_THREAD = 8, 200
IDLE_SECONDS = 0.25
"""How long to sleep when nobody wakes us: effects put back until a moment are due by themselves."""
DATABASE_PAUSE_SECONDS = 1.0


class Crew:
    """Of effects of all kinds by default; `bulk` as in `outbox.claim`.

    `turned` is called at every turn, also while the database is away.
    """

    def __init__(
        self,
        outside: Outside,
        lease: timedelta,
        kinds: Collection[str] = frozenset(EffectKind),
        *,
        bulk: bool | None = None,
        threads: int = THREADS,
        at_once: int | None = None,
        pulse_file: Path | None = None,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self._outside = outside
        self._lease = lease
        self.kinds = kinds
        self._called = Event()
        self._bulk = bulk
        self._threads = threads
        self._at_once = at_once or threads * (BULK_BATCH_PER_THREAD if bulk else BATCH_PER_THREAD)
        self._busy: dict[Future[None], list[Claimed]] = {}
        self._renewed_at = timezone.now()
        self._pulse_file = pulse_file
        self._turned = turned
        self._through = False

    def run(self, stop: Event) -> None:
        """Until `stop`, then let what is under way end."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="hand") as hands:
            try:
                while not stop.is_set():
                    self._turn(hands, stop)
            finally:
                close_connections(hands, self._threads)
                connection.close()  # This thread's own.

    def call(self) -> None:
        """Something of its kinds may be due: it need not wait until it looks for itself."""
        self._called.set()

    def claim(self, limit: int) -> list[Claimed]:
        return outbox.claim(
            now=timezone.now(), lease=self._lease, limit=limit, kinds=self.kinds, bulk=self._bulk
        )

    def _turn(self, hands: ThreadPoolExecutor, stop: Event) -> None:
        self._turned()
        try:
            self._renew()
            began = self._begin(hands)
            self._beat(idle=not began and not self._busy)
            if began < self._at_once:
                self._called.wait(IDLE_SECONDS)
                self._called.clear()
        except (OperationalError, InterfaceError) as trouble:
            # Our own database is away: nothing can be lost, the promises are in it.
            log.warning("database unreachable, trying again: %s", type(trouble).__name__)
            connection.close()
            stop.wait(DATABASE_PAUSE_SECONDS)

    def _beat(self, *, idle: bool) -> None:
        self._through = self._through or idle
        if self._pulse_file and self._through:
            pulse.beat(self._pulse_file)

    def _renew(self) -> None:
        """A lease ends with its worker, not with a slow mail server: what is under way keeps its own."""
        now = timezone.now()
        if now - self._renewed_at < self._lease / 3:
            return
        self._renewed_at = now
        for batch in list(self._busy.values()):
            outbox.renew(batch, until=now + self._lease)

    def _begin(self, hands: ThreadPoolExecutor) -> int:
        """Hand out what is due; how much it was: nothing, too, when no hand is free to begin it.

        A lease runs from the claim: what waits for a hand longer than that is done by somebody else as well.
        """
        if len(self._busy) >= self._threads:
            return 0

        def freed(work: Future[None]) -> None:
            self._busy.pop(work, None)
            self.call()  # What followed in the lane is due now.

        claimed = self.claim(self._at_once)
        for batch in grouped(claimed):
            work = hands.submit(closing, partial(carry_out, batch, self._outside, self._lease))
            self._busy[work] = batch
            work.add_done_callback(freed)
        return len(claimed)
