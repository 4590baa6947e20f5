"""What one of everything costs: the unit prices of docs/reference/capacity.md.

A line that is kept, a password that is read about, one that changes, all of it put aside and brought back.
Processor time is counted where it is spent, by the kernel: unlike a rate it hardly depends on who else works.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from uuid import uuid4

from bench import kept, worked
from bench.ground import Ground
from bench.leak import BEGINNING, ENTRY, Leak, leaked
from bench.load import Script, once, play, request
from bench.measure import Result
from bench.serving import Server, serving

CLIENTS = 8
_PATIENCE_SECONDS = 300.0
KIB, MS = 1024, 1000


def run(ground: Ground) -> Iterator[Result]:
    lines, calls = ground.size(50_000, 400), ground.size(3_000, 100)
    with leaked(ground, lines) as leak:
        yield Result("a line kept by the desk", "KiB", kept.size(kept.desk(ground)) / lines / KIB)
        yield Result("a line kept by a registrar", "KiB", kept.size(leak.bare) / lines / KIB)
        from tests.api.programs import key_of

        key = key_of(leak.maker).secret.reveal()
        with serving(ground.home, "linekey.config.wsgi") as web:
            # The first ones only warm up.
            _play(web, _reads(key, calls // 10))
            _play(web, _resets(key, calls // 10, leak.lines))
            yield from _read(web, key, calls)
            yield from _changed(ground, leak, web, key, calls)
            os.kill(leak.worker.pid, signal.SIGKILL)  # Else it would chain beside us.
            _play(web, _resets(key, calls, leak.lines))
            yield Result("audit trail chained", "/s", _chained())
    yield from _put_aside(ground)


def _read(web: Server, key: str, calls: int) -> Iterator[Result]:
    before = worked.seconds(web.leader, *worked.postmaster())
    _play(web, _reads(key, calls))
    spent = worked.seconds(web.leader, *worked.postmaster()) - before
    yield Result("an API read, processor time", "ms", MS * spent / calls)


def _changed(ground: Ground, leak: Leak, web: Server, key: str, calls: int) -> Iterator[Result]:
    """Until the network has taken the last of them."""
    who = [web.leader], [leak.worker.pid], worked.postmaster()
    _wait_until_nothing_is_owed()
    size, log = kept.size(kept.desk(ground)), kept.log(ground)
    before = [worked.seconds(*each) for each in who]
    _play(web, _resets(key, calls, leak.lines))
    _wait_until_nothing_is_owed()
    for name, each, since in zip(("the pages", "the worker", "the database"), who, before, strict=True):
        if each:
            spent = worked.seconds(*each) - since
            yield Result(f"a change, processor time of {name}", "ms", MS * spent / calls)
    more = kept.size(kept.desk(ground)) - size
    yield Result("a change kept by the desk", "KiB", more / calls / KIB)
    if ground.engine == "postgresql":
        yield Result("a change in the database's log", "KiB", (kept.log(ground) - log) / calls / KIB)


def _chained() -> float:
    """Entries a second, of those which wait."""
    from django.utils import timezone

    from linekey.records.models import AuditEntry
    from linekey.usecases import chain_audit

    waiting, began = AuditEntry.objects.filter(chain=None).count(), time.monotonic()
    chain_audit.chain_audit(now=timezone.now())
    return waiting / (time.monotonic() - began)


def _put_aside(ground: Ground) -> Iterator[Result]:
    """Once everything stands still: the trail is verified, all rows backed up, and restored elsewhere."""
    from django.db import connection

    from linekey.records.models import AuditEntry

    backup, entries, rows = ground.home / "backup.jsonl.gz", AuditEntry.objects.count(), kept.rows()
    connection.close()
    yield Result("audit trail verified", "/s", entries / _command("verify-audit"))
    yield Result("rows backed up", "/s", rows / _command("backup", str(backup), "--in-clear"))
    yield Result("a row in a backup", "bytes", backup.stat().st_size / rows)
    elsewhere = {"LINEKEY_DATABASE_URL": kept.empty(ground)}
    took = _command("restore", str(backup), **elsewhere)
    yield Result("rows restored, and the search made anew", "/s", rows / took)


def _play(web: Server, scripts: Iterable[Script]) -> None:
    play(web.port, iter(scripts), clients=CLIENTS)


def _reads(key: str, count: int) -> Iterator[Script]:
    for number in range(count):
        path = f"/api/v1/services/{BEGINNING}{number % 400:06d}"
        yield once(request("GET", path, headers={"Authorization": f"Bearer {key}"}), 200)


def _resets(key: str, count: int, lines: int) -> Iterator[Script]:
    for number in range(count):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid4().hex}
        path = f"/api/v1/services/{BEGINNING}{number % lines:06d}/reset"
        yield once(request("POST", path, headers=headers), 202)


def _wait_until_nothing_is_owed() -> None:
    from linekey.domain.effects import OPEN_STATES
    from linekey.records.models import OutboxEffect

    until = time.monotonic() + _PATIENCE_SECONDS
    while OutboxEffect.objects.filter(state__in=OPEN_STATES, kind="push").exists():
        if time.monotonic() > until:
            raise TimeoutError("the worker got nowhere: see its log")
        time.sleep(0.1)


def _command(*words: str, **variables: str) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, *words], env=os.environ | variables, capture_output=True, text=True
    )
    # 1: it did its work and says what wants attention, which here are elements that are gone.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"linekey {words[0]}: {done.stdout}{done.stderr}")
    return time.monotonic() - began
