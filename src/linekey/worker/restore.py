"""`linekey restore`: a backup back into an empty database, then a look at everything.

A restored desk is behind the world: the network may hold newer secrets than it does, and mails may be out. So
it brings nothing about by itself. What was promised and not done waits for a person, campaigns are paused,
nobody is signed in any more; and it says how to compare the elements, which go on as they are (laws 3 and 4).
"""

import argparse
import sqlite3
import sys
from datetime import datetime

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from linekey.usecases import verify_audit
from linekey.vault import keeping, keyring
from linekey.worker import doctor
from linekey.worker.backup import BROKEN, REFUSED, say
from linekey.worker.backups import archive, arguments, held, locks, refill
from linekey.worker.backups.lines import Ending, Heading, Reading
from linekey.worker.backups.locks import BadBackup
from linekey.worker.import_report import progress

ATTENTION = 1
NEXT = """
Next:
  1. Compare what the elements hold, line by line; nothing is written, nobody is cut:
       linekey import kamailio --dry-run --report lines.csv
       linekey import radius --dry-run --report accesses.csv
  2. Start the workers and the pages; retry or abandon what waits for a person.
"""


def main(words: list[str]) -> int:
    asked = arguments.restore(words)
    now = timezone.now()
    try:
        heading, ending = _examined(asked)
        _tell(heading, ending)
        lacking = _lacking(heading, ending)
        if asked.check:
            return ATTENTION if lacking else 0
        _require(asked, heading, lacking)
        counted = _restored(asked, ending, now)
        call_command("migrate", verbosity=0)
    except BadBackup as why:
        return say("restore", str(why), REFUSED)
    except OSError as why:
        return say("restore", f"{why.filename or asked.file}: {why.strerror or why}", BROKEN)
    except (DatabaseError, sqlite3.Error, psycopg.Error) as why:
        return say("restore", f"the database did not take it: {_told(why)}", BROKEN)
    sys.stdout.write(
        f"{sum(counted.values())} rows of {len(counted)} tables stand there, as many as were backed up.\n"
    )
    well = [_trail(heading), doctor.main() == 0, not lacking]
    sys.stdout.write(NEXT)
    return 0 if all(well) else ATTENTION


def _examined(asked: argparse.Namespace) -> tuple[Heading, Ending]:
    """Read to its end before anything is touched."""
    with archive.opened(asked.file, locks.identities(asked.identity)) as lines:
        reading = Reading(lines)
        for _, batches, _ in reading.tables():
            for _ in batches:
                pass
    if reading.ending is None:
        raise BadBackup("the backup has no end")
    return reading.heading, reading.ending


def _lacking(heading: Heading, ending: Ending) -> list[str]:
    """Names of the keys which sealed something, and which neither this machine nor the backup has."""
    if keeping.KEYRING in heading.files:
        return []
    here = keyring.prints()
    return [name for name, told in ending.sealed_by.items() if here.get(name) != told]


def _require(asked: argparse.Namespace, heading: Heading, lacking: list[str]) -> None:
    if unknown := refill.unknown_migrations(heading.migrations):
        raise BadBackup(
            f"the backup is newer than this program ({unknown[-1]}): use Linekey {heading.version} or later"
        )
    if lacking and not asked.without_keys:
        raise BadBackup(
            f"{settings.LINEKEY_KEYRING_FILE} lacks {', '.join(lacking)}: put the keyring back first,"
            " or say --without-keys, and every secret they sealed is lost"
        )
    if not asked.replace and (filled := refill.filled()):
        raise BadBackup(f"the database holds rows already ({', '.join(filled[:3])}…); --replace lets them go")
    refill.refuse_others()


def _restored(asked: argparse.Namespace, ending: Ending, now: datetime) -> dict[str, int]:
    with archive.opened(asked.file, locks.identities(asked.identity)) as lines:
        reading = Reading(lines)
        heading = reading.heading
        for path in keeping.put_back(heading.files, now=now):
            sys.stdout.write(f"{path} was put back.\n")

        def settle() -> None:
            held.end_sessions(now)
            if not asked.go_on:
                waiting, paused = (
                    held.hold_promises(heading.taken_at, now),
                    held.pause_campaigns(),
                )
                sys.stdout.write(f"{waiting} changes wait for a person, {paused} campaigns are paused.\n")

        total = sum(ending.tables.values())
        with progress(total, shown=True, doing="Restoring") as went_on:
            counted = refill.restore(reading, went_on=went_on, then=settle)
    connection.close()  # The next one opens the database as everybody does.
    if differing := [name for name, rows in ending.tables.items() if counted[name] != rows]:
        raise BadBackup(f"the database counts otherwise than the backup: {', '.join(differing)}")
    return counted


def _tell(heading: Heading, ending: Ending) -> None:
    sys.stdout.write(
        f"Backup of {heading.taken_at:%Y-%m-%d %H:%M:%S} UTC, from {heading.engine},"
        f" by Linekey {heading.version}: {sum(ending.tables.values())} rows of {len(ending.tables)} tables.\n"
    )


def _trail(heading: Heading) -> bool:
    """As of the moment of the backup: what the worker had not signed then is no fault of anybody's."""
    found = list(verify_audit.verify(now=heading.taken_at))
    for finding in found:
        words = finding.sentence % {"first": finding.first, "last": finding.last}
        sort = "note" if finding.is_note else "FAULT"
        sys.stdout.write(f"{sort}  organisation {finding.chain}: {words} [{finding.code}]\n")
    well = all(finding.is_note for finding in found)
    sys.stdout.write(f"The audit trail is {'' if well else 'not '}as it was sealed.\n")
    return well


def _told(why: Exception) -> str:
    """Without what PostgreSQL adds, which quotes the row."""
    cause = why.__cause__ if isinstance(why.__cause__, psycopg.Error) else why
    return (
        (cause.diag.message_primary or type(why).__name__) if isinstance(cause, psycopg.Error) else str(why)
    )
