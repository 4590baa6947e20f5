"""Are the crews of this worker going round? Asked over HTTP, and told to systemd, which ends one that hangs.

Knows of turns only: that there is nothing to do, or that the database is away, stops nobody from going round.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

PATIENCE_SECONDS = 60.0
"""Beyond every time limit one turn may meet: SQLite waits 20 seconds for a lock."""


class Rounds:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def of(self, crew: str) -> Callable[[], None]:
        """What this crew calls at every turn; it is expected from now on."""

        def turn() -> None:
            self._last[crew] = self._clock()

        turn()
        return turn

    def missing(self) -> list[str]:
        """Crews that have not been seen for a minute."""
        seen_since = self._clock() - PATIENCE_SECONDS
        return [crew for crew, last in self._last.items() if last < seen_since]


@dataclass(frozen=True)
class Watchdog:
    """What systemd told this process of itself: sd_notify(3), sd_watchdog_enabled(3). Nothing by default."""

    address: str = ""
    """NOTIFY_SOCKET: a path, or `@` and a name."""
    microseconds: int = 0
    """WATCHDOG_USEC: after so long in silence it ends us."""

    def run(self, rounds: Rounds, stop: Event) -> None:
        """Until `stop`: « ready », then « alive » for as long as every crew goes round, then « stopping »."""
        self._tell("READY=1")
        while not stop.wait(self.microseconds / 2_000_000 or None):
            if not rounds.missing():
                self._tell("WATCHDOG=1")
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self.address:
            return
        name = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            wire.sendto(state.encode(), name)
