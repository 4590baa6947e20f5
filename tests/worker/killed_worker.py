"""A worker to be killed: `python -m tests.worker.killed_worker FOLDER SECONDS`, on LINEKEY_DATABASE_URL.

Its elements and its mail server are files in FOLDER, because what happened outside must outlive it. When
FOLDER holds a file named `kill`, the process ends itself with SIGKILL at the point which that file names.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

LEASE = timedelta(seconds=0.6)
POINTS = ("before push", "after push", "before drop", "after drop", "before mail", "after mail")


class Ledger:
    """What happened outside, line by line, in order."""

    def __init__(self, folder: Path) -> None:
        self._file, self._kill = folder / "ledger", folder / "kill"
        self._lock = threading.Lock()

    def write(self, *words: str) -> None:
        with self._lock, self._file.open("a") as file:
            file.write(json.dumps(words) + "\n")

    def lines(self) -> list[list[str]]:
        return (
            [json.loads(line) for line in self._file.read_text().splitlines()] if self._file.exists() else []
        )

    def reach(self, point: str) -> None:
        if self._kill.exists() and self._kill.read_text() == point:
            os.kill(os.getpid(), signal.SIGKILL)


class FileRegistrar:
    """A registrar as far as pushing and dropping goes; everything else finds nothing."""

    name = "kamailio-1"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def push(self, entries: Sequence[Any]) -> None:
        self._ledger.reach("before push")
        for entry in entries:
            self._ledger.write("push", entry.address.username, entry.ha1.reveal())
        self._ledger.reach("after push")

    def drop(self, line: Any) -> int:
        self._ledger.reach("before drop")
        self._ledger.write("drop", line.username)
        self._ledger.reach("after drop")
        return 0

    def retire(self, lines: Sequence[Any]) -> None: ...

    def registrations(self, line: Any) -> list[Any]:
        return []

    def takes_grace(self) -> bool:
        return False

    def release(self, rotations: Sequence[str]) -> None: ...

    def check_sync(self, line: Any) -> int:
        return 0

    def events(self, after: int, limit: int) -> list[Any]:
        return []

    def copies(self) -> list[Any]:
        return []

    def health(self) -> list[Any]:
        return []


class FileMail:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def send(self, written: Any, address: str, message_id: str) -> None:
        self._ledger.reach("before mail")
        self._ledger.write("mail", message_id)
        self._ledger.reach("after mail")

    def health(self) -> list[Any]:
        return []


def main(folder: Path, seconds: float) -> None:
    django.setup()
    from linekey.enact.outside import Outside
    from linekey.worker.crew import Crew
    from tests.hands import VOICE

    ledger, stop = Ledger(folder), threading.Event()
    end = threading.Timer(seconds, stop.set)
    end.daemon = True  # else the process would live as long as the timer
    end.start()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    outside = Outside(
        {"kamailio-1": FileRegistrar(ledger)}, {}, FileMail(ledger), None, VOICE, "desk.linekey.test"
    )
    (folder / "ready").touch()
    Crew(outside, LEASE).run(stop)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
