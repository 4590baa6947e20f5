"""`linekey work`: one worker, put together of crews, clocks and threads. Any number may run at a time.

Decides who works beside whom, so that nobody before a screen waits for what may be slow. Does none of it.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, Thread

from django.conf import settings
from django.db import connection

from linekey.enact.outside import Outside
from linekey.enact.table import IN_BATCHES, LOOKS, TO_NETWORK, TO_PEOPLE, TO_PROGRAMS
from linekey.wiring import wire
from linekey.worker import arenas, campaigns, chain, listen, schedule, upgrade
from linekey.worker.bell import Bell
from linekey.worker.crew import Crew
from linekey.worker.rounds import Rounds, Watchdog
from linekey.worker.threads import closing

BULK_THREADS = 2
TOGETHER = 500
"""Of what an element takes in one go: more than a hand could do one by one before its leases end."""

Task = Callable[[], None]


def main(watchdog: Watchdog) -> int:
    """Until it is told to stop. Exit status 2, and why, on a database older than this program."""
    if why := upgrade.refusal():
        sys.stderr.write(f"linekey: {why}\n")
        return 2
    connection.close()  # This thread asks nothing more.
    arenas.share()
    stop, rounds, outside = Event(), Rounds(), wire()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tasks = (
        *_crews(outside, rounds, stop),
        *_clocks(outside, stop),
        *_reports(rounds, stop),
        partial(watchdog.run, rounds, stop),
    )
    threads = [Thread(target=_together, args=(task, stop)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


def _crews(outside: Outside, rounds: Rounds, stop: Event) -> Iterator[Task]:
    """And the bell which wakes those that somebody waits for."""
    crew = partial(Crew, outside, settings.LINEKEY_LEASE)
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
    bulk = partial(crew, bulk=True, threads=BULK_THREADS)
    in_bulk = (
        bulk(TO_NETWORK - set(IN_BATCHES), turned=rounds.of("network in bulk")),
        bulk(frozenset(IN_BATCHES), at_once=TOGETHER, turned=rounds.of("network in batches")),
        bulk(TO_PEOPLE, turned=rounds.of("people in bulk")),
    )
    for each in (network, *others, *in_bulk):
        yield partial(each.run, stop)
    yield partial(Bell(network, others).run, stop)


def _clocks(outside: Outside, stop: Event) -> Iterator[Task]:
    yield partial(schedule.run, outside, stop)
    yield partial(listen.run, outside, stop)
    yield partial(chain.run, stop)
    yield partial(campaigns.run, stop)


def _reports(rounds: Rounds, stop: Event) -> Iterator[Task]:
    """What a monitoring asks, where it is told an address."""
    if settings.LINEKEY_METRICS_ADDRESS is not None:
        from linekey.worker import metrics  # A library and a server of 1.5 MB, for nobody.

        yield partial(metrics.run, settings.LINEKEY_METRICS_ADDRESS, rounds, stop)


def _together(task: Task, stop: Event) -> None:
    """After a bug in one thread all end: a process that is half alive is not started anew by anybody."""
    try:
        closing(task)
    finally:
        stop.set()
