"""Machines on loopback, as processes: started, killed without a word, started again as systemd would.

Knows nothing of what runs on them. Every process is a child which dies with the drill.
"""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from linekey.worker.children import die_with_parent

PATIENCE_SECONDS = 60.0
_STOP_SECONDS = 10.0


class Broken(Exception):
    """The drill cannot go on; one sentence, and the end of a log."""


@dataclass
class Program:
    """One long-running program. `user` is for root alone: PostgreSQL refuses to run as root."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    log: Path
    user: str | None = None
    more: Callable[[], Sequence[int]] = tuple
    """Processes which left its group, a PostgreSQL of Patroni's: they die with it."""
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                env=self.env,
                cwd="/",
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """`kill -9`, everything of it at once: the machine lost its power."""
        if self._process is None:
            return
        self._send(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def freeze(self) -> None:
        """It neither answers nor ends: the machine hangs, or its network does."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was, and knows nothing of the time between."""
        self._send(signal.SIGCONT)

    def stop(self) -> None:
        """Ask, then insist."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        self.kill()

    def _send(self, number: int) -> None:
        for leader in (self._process.pid, *self.more()) if self._process else ():
            for each in (leader, *_descendants(leader)):
                with suppress(ProcessLookupError):
                    os.kill(each, number)

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def until(
    answers: Callable[[], bool], what: str, *programs: Program, seconds: float = PATIENCE_SECONDS
) -> float:
    """Seconds until `answers`. Raises Broken with the last words of whoever should have."""
    began = time.monotonic()
    while not answers():
        if time.monotonic() - began > seconds:
            words = "\n".join(f"--- {each.name}\n{each.last_words()}" for each in programs)
            raise Broken(f"{what}, and did not within {seconds:.0f} s.\n{words}")
        time.sleep(0.1)
    return time.monotonic() - began


def variables(example: Path) -> dict[str, str]:
    """What a file for systemd's EnvironmentFile= sets."""
    lines = (line.strip() for line in example.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def free_port(addresses: Sequence[str]) -> int:
    """One which is free on every one of these addresses."""
    while True:
        with socket.socket() as probe:
            probe.bind((addresses[0], 0))
            port: int = probe.getsockname()[1]
        try:
            for address in addresses:
                with socket.socket() as probe:
                    probe.bind((address, port))
        except OSError:
            continue
        return port


def unprivileged() -> str | None:
    """Whom root runs PostgreSQL as: Debian's package brings this user."""
    return "postgres" if os.geteuid() == 0 else None


def folder_for(user: str | None, path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True)
    if user:
        owner = pwd.getpwnam(user)
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return path


def _descendants(process: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            for child in task.read_text().split():
                yield from _descendants(int(child))
                yield int(child)
