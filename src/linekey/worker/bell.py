"""One ear for the crews of a worker: woken by a commit, it calls those who have something to do.

Each crew asking for itself, at each commit of anybody's, would be most of what a worker does. Nothing
depends on it: a crew which was never called looks for itself a few times a second.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from linekey.records import outbox
from linekey.worker.wake import Waker

log = logging.getLogger("linekey.worker")

LISTENS_SECONDS = 0.25
"""How long it may take to hear that the worker is to stop."""
HEAD_START_SECONDS = 0.03
"""One process thinks one thought at a time: a mail is written when the network has its new password."""
DATABASE_PAUSE_SECONDS = 1.0


class Sleeper(Protocol):
    """A crew, as far as it is called."""

    @property
    def kinds(self) -> Collection[str]: ...

    def call(self) -> None:
        """Something of these kinds may be due."""


class Ear(Protocol):
    def wait(self, seconds: float) -> bool:
        """As `Waker.wait`."""


@dataclass
class Bell:
    first: Sleeper
    """Whoever works for somebody before a screen."""
    others: Sequence[Sleeper]
    head_start: float = HEAD_START_SECONDS
    clock: Callable[[], float] = time.monotonic
    _held: dict[int, Sleeper] = field(default_factory=dict)
    _since: float = 0.0

    def run(self, stop: Event) -> None:
        """Until `stop`."""
        waker = Waker()
        try:
            while not stop.is_set():
                try:
                    self.turn(waker)
                except (OperationalError, InterfaceError) as trouble:
                    log.warning("database unreachable, listening again: %s", type(trouble).__name__)
                    connection.close()
                    stop.wait(DATABASE_PAUSE_SECONDS)
        finally:
            connection.close()

    def turn(self, ear: Ear) -> None:
        """Wait for one commit, not for long, and call who is concerned."""
        if ear.wait(self.head_start if self._held else LISTENS_SECONDS):
            kinds = outbox.due(now=timezone.now())
            if not kinds.isdisjoint(self.first.kinds):
                self.first.call()
            if not self._held:
                self._since = self.clock()
            self._held |= {id(crew): crew for crew in self.others if not kinds.isdisjoint(crew.kinds)}
        if self._held and self.clock() - self._since >= self.head_start:
            for crew in self._held.values():
                crew.call()
            self._held.clear()
