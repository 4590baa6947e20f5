"""The worker: claim what is due, make it true, settle it. Any number may run beside each other."""

import logging
import signal
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from linekey.domain.effects import EffectKind
from linekey.enact.outside import Again, Outcome, Outside, backoff
from linekey.enact.table import IN_BATCHES, LOOKS, TO_NETWORK, TO_PEOPLE, TO_PROGRAMS, make_true
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.wiring import wire
from linekey.worker import arenas, campaigns, chain, listen, metrics, pulse, schedule, told, upgrade
from linekey.worker.bell import Bell
from linekey.worker.rounds import Rounds, Watchdog
from linekey.worker.settle import settle_together

log = logging.getLogger("linekey.worker")

THREADS = 8
"""A slow element keeps one thread busy, not the queue."""
BULK_THREADS = 2
BATCH_PER_THREAD, BULK_BATCH_PER_THREAD = 8, 200
TOGETHER = 500
"""Of what an element takes in one go: more than a hand could do one by one before its leases end."""
IDLE_SECONDS = 0.25
"""How long to sleep when nobody wakes us: effects put back until a moment are due by themselves."""
DATABASE_PAUSE_SECONDS = 1.0


def main(watchdog: Watchdog) -> int:
    """Exit status 2, and why, on a database older than this program."""
    if why := upgrade.refusal():
        sys.stderr.write(f"linekey: {why}\n")
        return 2
    arenas.share()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    outside, lease, rounds = wire(), settings.LINEKEY_LEASE, Rounds()
    crew = partial(Worker, outside, lease)
    # One crew each, so that a mail server which hangs never holds a change on the network back.
    network = crew(
        TO_NETWORK - LOOKS, bulk=False, pulse_file=settings.LINEKEY_PULSE_FILE, turned=rounds.of("network")
    )
    others = (
        crew(LOOKS, bulk=False, turned=rounds.of("looks")),
        crew(TO_PEOPLE, bulk=False, turned=rounds.of("people")),
        crew(TO_PROGRAMS, bulk=False, turned=rounds.of("programs")),
    )
    # And others for what is put by the thousand: nobody waits before a screen behind a campaign.
    few = BULK_THREADS
    crews = (
        network,
        *others,
        crew(TO_NETWORK - set(IN_BATCHES), bulk=True, threads=few, turned=rounds.of("network in bulk")),
        crew(
            frozenset(IN_BATCHES),
            bulk=True,
            threads=few,
            at_once=TOGETHER,
            turned=rounds.of("network in batches"),
        ),
        crew(TO_PEOPLE, bulk=True, threads=few, turned=rounds.of("people in bulk")),
    )
    work = [partial(each.run, stop) for each in crews]
    by_the_clock = [
        partial(Bell(network, others).run, stop),
        partial(schedule.run, outside, stop),
        partial(listen.run, outside, stop),
        partial(chain.run, stop),
        partial(campaigns.run, stop),
        partial(watchdog.run, rounds, stop),
    ]
    if settings.LINEKEY_METRICS_ADDRESS is not None:
        by_the_clock.append(partial(metrics.run, settings.LINEKEY_METRICS_ADDRESS, rounds, stop))
    threads = [Thread(target=_together, args=(task, stop)) for task in (*work, *by_the_clock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


def _together(task: Callable[[], None], stop: Event) -> None:
    """After a bug in one thread all end: a process that is half alive is not started anew by anybody."""
    try:
        _closing(task)
    finally:
        stop.set()


class Worker:
    """One loop over the effects of some kinds, all by default; `bulk` as in `outbox.claim`.

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
                _close_connections(hands, self._threads)
                connection.close()  # This thread's own.

    def call(self) -> None:
        """Something of its kinds may be due: it need not wait until it looks for itself."""
        self._called.set()

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

    def claim(self, limit: int) -> list[Claimed]:
        return outbox.claim(
            now=timezone.now(), lease=self._lease, limit=limit, kinds=self.kinds, bulk=self._bulk
        )

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
            work = hands.submit(_closing, partial(self.make_true, batch))
            self._busy[work] = batch
            work.add_done_callback(freed)
        return len(claimed)

    def make_true(self, batch: list[Claimed]) -> None:
        """One batch from claim to settled.

        A bug in a hand costs its own effects a retry, not the worker its life.
        """
        now = timezone.now()
        batch = [claimed for claimed in batch if self._in_time(claimed, now)]
        if not batch:
            return
        try:
            with told.carried(batch):
                self._carry_out(batch, now)
        except (OperationalError, InterfaceError) as trouble:
            close_old_connections()
            _give_back(batch, f"our own database: {type(trouble).__name__}")

    def _carry_out(self, batch: list[Claimed], now: datetime) -> None:
        try:
            outcomes = make_true(batch, self._outside, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as bug:
            if len(batch) > 1:
                for claimed in batch:
                    self.make_true([claimed])
                return
            log.error("effect %s failed: %s", batch[0].id, _without_words(bug))
            outcomes = {claimed.id: _after_bug(claimed, bug) for claimed in batch}
        settle_together(batch, outcomes)
        told.settled(batch, outcomes)

    def _in_time(self, claimed: Claimed, now: datetime) -> bool:
        """What waited for a hand through half its lease is put back.

        Begun now, it may outlive the lease and be done by two workers.
        """
        if claimed.lease_until - now >= self._lease / 2:
            return True
        outbox.again(claimed, at=now, trouble="")
        return False


def _give_back(batch: list[Claimed], trouble: str) -> None:
    """A moment's trouble with our own database costs a moment.

    While it lasts nothing can be written: the leases then end by themselves.
    """
    with suppress(OperationalError, InterfaceError):
        for claimed in batch:
            outbox.again(claimed, at=timezone.now() + backoff(claimed.attempts), trouble=trouble)


def _closing(work: Callable[[], None]) -> None:
    """A thread's database connection is its own: close it when it broke or grew old."""
    try:
        work()
    except Exception as bug:
        # Nobody reads the future: without this line the trouble would be silent.
        log.error("work failed, its effects are claimed again when their lease ends: %s", _without_words(bug))
    finally:
        close_old_connections()


def _close_connections(hands: ThreadPoolExecutor, threads: int) -> None:
    """Only its own thread may close a connection: each takes one task, as none ends before all have begun."""
    everybody = Barrier(threads)

    def close() -> None:
        everybody.wait()
        connection.close()

    for _ in range(everybody.parties):
        hands.submit(close)


def _without_words(bug: BaseException) -> str:
    """Class and place of an error: its message may quote the secret it choked on (law 5)."""
    return f"{type(bug).__name__}\n{''.join(traceback.format_tb(bug.__traceback__))}"


def grouped(claimed: Iterable[Claimed]) -> list[list[Claimed]]:
    """Batches of one kind where the kind takes batches, else one by one."""
    groups: dict[str, list[Claimed]] = defaultdict(list)
    for item in claimed:
        groups[item.kind if item.kind in IN_BATCHES else f"{item.kind}:{item.id}"].append(item)
    return list(groups.values())


def _after_bug(claimed: Claimed, bug: Exception) -> Outcome:
    # Only the class: a message may quote what it choked on.
    return Again(timezone.now() + backoff(claimed.attempts), f"internal error: {type(bug).__name__}")
