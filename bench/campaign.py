"""How many lines of a campaign per second have a new secret: drawn, hashed, sealed, recorded, audited and on
the element. One campaign from end to end, by a worker and a Kamailio in processes of their own.

Beside it the same rows of the element's tables, by whoever has them ready: as many at a time as a campaign's
hands write, a transaction each time. And how large the worker was after a tenth of it, and at its end.
"""

import os
import secrets
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import make_url

from bench.ground import Ground
from bench.leak import BEGINNING, REALM, REGISTRAR, Leak, leaked
from bench.measure import ROUNDS, Result, Target, spread

PATIENCE = 1200.0
Row = tuple[str, str, str, str, str]
"""User, domain, two digests, rotation."""
Write = Callable[[Sequence[Row]], None]
SUBSCRIBER = (
    "INSERT INTO subscriber (username, domain, password, ha1, ha1b, rotation) VALUES (?, ?, '', ?, ?, ?)"
    " ON CONFLICT (username, domain) DO UPDATE SET password = excluded.password, ha1 = excluded.ha1,"
    " ha1b = excluded.ha1b, rotation = excluded.rotation"
)
PREVIOUS = (
    "INSERT INTO linekey_previous (username, domain, ha1, ha1b, rotation, not_after)"
    " VALUES (?, ?, ?, ?, ?, 2e9)"
    " ON CONFLICT (username, domain) DO UPDATE SET ha1 = excluded.ha1, ha1b = excluded.ha1b,"
    " rotation = excluded.rotation, not_after = excluded.not_after"
)

SLOW = (
    "per line some 0.3 ms of Python: a third draws, judges, hashes and seals, a third writes our seven rows"
    " and moves five, the rest reads them again, opens the seals, tells the element and chains the trail"
)


def run(ground: Ground) -> Iterator[Result]:
    lines = ground.size(100_000, 10_000)
    with leaked(ground, lines) as leak, _bare(leak) as write:
        through, bare, sizes = [], [], list[float]()
        campaign = _Campaign(leak)
        for upto in (lines * number // ROUNDS for number in range(1, ROUNDS + 1)):
            if not sizes:
                sizes.append(campaign.worker_size(after=lines // 10))
            through.append(campaign.go_on(upto))
            with campaign.frozen():
                bare.append(_written(write, upto - lines // ROUNDS, upto))
        sizes.append(campaign.worker_size(after=lines))
    yield Result(
        f"campaign of {lines:,} lines",
        "/s",
        median(through),
        median(bare),
        "the element's rows alone, in batches",
        spread(through),
        Target(ratio_at_least=0.25),
        SLOW,
    )
    yield Result(
        f"worker after {lines:,} lines, and a tenth",
        "MiB",
        sizes[1],
        sizes[0],
        "the same worker after a tenth of the lines",
        target=Target(at_most=100),
        why="70 (on PostgreSQL 80) are imports, 21 (27) of them pages of libraries other processes share too;"
        " the rest is what Python keeps of its largest batches, and what SQLite keeps for each connection",
    )


class _Campaign:
    """Under way in the worker, which has nothing else to do."""

    def __init__(self, leak: Leak) -> None:
        from django.utils import timezone

        from linekey.domain.campaigns import FASTEST, Brake, CampaignMode, HandOver, Orders, Pace
        from linekey.records import find
        from linekey.records.models import Campaign, ElementHealth
        from linekey.records.search_words import Filters
        from linekey.usecases import start_campaign

        self._worker = leak.worker
        _wait(lambda: ElementHealth.objects.filter(name=REGISTRAR, grace=True).exists())
        now = timezone.now()
        reference = start_campaign.start(
            actor=find.actor_of(leak.maker, confirmed_at=now),
            name="Fuite de mars",
            filters=Filters(reference=BEGINNING),
            orders=Orders(CampaignMode.GRACE, HandOver.FILE, Pace(FASTEST), Brake()),
            operation="bench",
            now=now,
        )
        self._row = Campaign.objects.get(reference=reference)
        self._began, self._done = time.perf_counter(), 0

    def go_on(self, upto: int) -> float:
        """Lines per second since it was last asked, until at least so many are through."""
        _wait(lambda: self._through() >= upto)
        seconds, done = time.perf_counter() - self._began, self._through()
        speed = (done - self._done) / seconds
        self._began, self._done = time.perf_counter(), done
        return speed

    def _through(self) -> int:
        self._row.refresh_from_db(fields=["done", "state", "failed", "skipped"])
        if self._row.failed or self._row.skipped or self._row.state == "stopped":
            raise RuntimeError(f"{self._row.failed} failed, {self._row.skipped} were skipped")
        return self._row.done

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The worker neither works nor ends meanwhile, and the clock stands still."""
        stopped = time.perf_counter()
        os.kill(self._worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._worker.pid, signal.SIGCONT)
            self._began += time.perf_counter() - stopped

    def worker_size(self, *, after: int) -> float:
        """MiB resident, once so many lines are through."""
        _wait(lambda: self._through() >= after)
        words = Path(f"/proc/{self._worker.pid}/status").read_text().split()
        return int(words[words.index("VmRSS:") + 1]) / 1024


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError("the worker got nowhere: see its log")
        time.sleep(0.02)


@contextmanager
def _bare(leak: Leak) -> Iterator[Write]:
    """The database's own driver, one connection, two prepared statements."""
    url = make_url(leak.bare)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", timeout=20)) as file:

            def to_sqlite(rows: Sequence[Row]) -> None:
                file.executemany(SUBSCRIBER, rows)
                file.executemany(PREVIOUS, rows)
                file.commit()

            yield to_sqlite
        return
    with psycopg.connect(leak.bare) as connection:

        def to_postgresql(rows: Sequence[Row]) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(SUBSCRIBER.replace("?", "%s"), rows)
                cursor.executemany(PREVIOUS.replace("?", "%s"), rows)
            connection.commit()

        yield to_postgresql


def _written(write: Write, since: int, upto: int) -> float:
    """Lines per second; their digests are at hand."""
    from linekey.worker.work import TOGETHER

    digests = [secrets.token_hex(16) for _ in range(since, upto)]
    rows = [
        (f"{BEGINNING}{number:06d}", REALM, digest, digest, digest)
        for number, digest in zip(range(since, upto), digests, strict=True)
    ]
    began = time.perf_counter()
    for start in range(0, len(rows), TOGETHER):
        write(rows[start : start + TOGETHER])
    return len(rows) / (time.perf_counter() - began)
