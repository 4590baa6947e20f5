"""Child processes of the supervisor: start one, notice its death, start it again, stop it for good."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 10.0
"""How long a child may take to finish what it does before it is killed."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STEADY_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 30.0
_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Between fork and exec: have the kernel stop this child when the supervisor is killed outright."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    answers: Callable[[], bool]
    """Ask the running child something only a working one answers; True when it did. Never raises."""

    deaths: int = 0
    """In a row, without a steady run between them."""
    start_again_at: float | None = None
    _started_at: float = 0.0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops everything in order.
            self._process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._started_at = time.monotonic()
        self.start_again_at = None

    def exit_code(self) -> int | None:
        """None while it runs, or has not been started."""
        return None if self._process is None else self._process.poll()

    def restart_when_dead(self, now: float) -> str | None:
        """One step of keeping it alive; a sentence when there is something to tell."""
        if self.start_again_at is not None:
            if now < self.start_again_at:
                return None
            self.start()
            return f"{self.name} started again."
        code = self.exit_code()
        if code is None:
            return None
        self._end_group()
        self.deaths = 1 if now - self._started_at > _STEADY_SECONDS else self.deaths + 1
        wait = min(2.0 ** (self.deaths - 1), _LONGEST_WAIT_SECONDS)
        self.start_again_at = now + wait
        how = describe_exit(code)
        return f"{self.name} stopped by itself ({how}); starting it again in {wait:.0f} s. Log: {self.log}"

    def restart(self) -> None:
        """For a child that lives and does not answer."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Ask it to finish, then insist. Its own children go with it, orphans included."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._end_group()
                self._process.wait()
        self._end_group()
        self._process = None

    def _end_group(self) -> None:
        """The group outlives its leader when the leader died without telling its workers."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def last_words(self, lines: int = 8) -> str:
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def describe_exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
