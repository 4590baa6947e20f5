"""`linekey backup`: the whole database in one file, as one moment saw it, while everything runs.

Why rows and not pages or `pg_dump`: one way for both engines, so that what a small operator wrote on SQLite
is restored on PostgreSQL the day they need it. Large sites have PostgreSQL's own tools beside it.
"""

import argparse
import signal
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType

import psycopg
from django.db import DatabaseError
from django.utils import timezone

from linekey.domain.metrics import BACKED_UP
from linekey.records.models import MetricTotal
from linekey.vault import keeping
from linekey.worker.backups import archive, arguments, locks
from linekey.worker.backups.lines import lines
from linekey.worker.backups.locks import BadBackup
from linekey.worker.backups.rows import snapshot, tables
from linekey.worker.import_report import progress

REFUSED, BROKEN = 2, 5
SMALLEST = 4
"""The file is this many times smaller than the database, at least."""


def main(words: list[str]) -> int:
    asked = arguments.backup(words)
    before = signal.signal(signal.SIGTERM, _interrupt)  # So that nothing half-written stays.
    try:
        return _backup(asked)
    except BadBackup as why:
        return say("backup", str(why), REFUSED)
    except OSError as why:
        return say("backup", f"{asked.where} cannot be written: {why.strerror or why}", BROKEN)
    except (DatabaseError, sqlite3.Error, psycopg.Error) as why:
        return say("backup", f"the database does not answer: {type(why).__name__}", BROKEN)
    finally:
        signal.signal(signal.SIGTERM, before)


def _backup(asked: argparse.Namespace) -> int:
    to, now, began = locks.recipients(asked.recipient), timezone.now(), time.monotonic()
    path = _named(asked.where, now, locked=not asked.in_clear)
    if path.exists() and not asked.force:
        raise BadBackup(f"{path} is there already; --force replaces it")
    with snapshot() as seen:
        # Only now: a key which sealed something of this moment is in the ring from here on.
        files = keeping.files(secret=asked.with_keys)
        total = sum(seen.count(table) for table in tables())
        with progress(total, shown=True, doing="Backing up") as went_on:
            size = archive.write(
                path,
                lines(seen, files, now=now, went_on=went_on),
                to=to,
                replace=asked.force,
                needed=seen.bytes_in_all() // SMALLEST,
            )
    if MetricTotal._meta.db_table in {table.name for table in tables()}:  # Else it waits for migrations.
        said = {"value": now.timestamp()}
        MetricTotal.objects.update_or_create(name=BACKED_UP.name, labels="", defaults=said)
    seconds = time.monotonic() - began
    sys.stdout.write(f"{path}: {total} rows, {size / 2**20:.1f} MiB, in {seconds:.0f} s. It was read back.\n")
    if not asked.with_keys:
        sys.stdout.write("The keyring is not in it: keep a copy of it elsewhere.\n")
    return 0


def say(command: str, words: str, status: int) -> int:
    sys.stderr.write(f"linekey {command}: {words}.\n")
    return status


def _named(where: Path, now: datetime, *, locked: bool) -> Path:
    if not where.is_dir():
        return where
    return where / f"linekey-{now:%Y-%m-%dT%H%M%SZ}.jsonl.gz{'.age' if locked else ''}"


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
