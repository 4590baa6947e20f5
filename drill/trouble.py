"""What goes wrong, and when: a worker, the machine of the primary, a web process; killed without a word.

Each comes back by itself after a pause, as systemd or a person would have it. The next primary hangs for a
while, and wakes up in the belief that it is one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drill.database import Database, Machine
from drill.desk import Desk
from drill.machines import Broken, until

Losses = Sequence[tuple[str, float]]
"""What, and after which part of the changes was accepted."""
EVERY: Losses = (("worker", 0.1), ("primary", 0.2), ("hang", 0.6), ("web", 0.85))
WITHOUT_HANG: Losses = (("worker", 0.15), ("primary", 0.3), ("web", 0.75))
RESTART_SECONDS = 2.0
"""`RestartSec=` of deploy/systemd."""
ELECTION_SECONDS = 90.0


@dataclass
class Event:
    what: str
    at: float
    """Seconds since the first change."""
    accepted: int
    """Changes accepted by then."""
    campaign: int
    """Lines of the campaign done by then."""
    told: str = ""
    seconds: float = 0.0
    """Until the next primary took writes; nothing for others."""


@dataclass
class Trouble:
    database: Database
    desk: Desk
    losses: Losses
    events: list[Event] = field(default_factory=list)
    _down: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    """When to start what again."""

    def run(
        self,
        accepted: Callable[[], int],
        campaign: Callable[[], int],
        wanted: int,
        going_on: Callable[[], bool],
    ) -> None:
        """Until the last kill is done. Raises Broken when the changes end before."""
        began = time.monotonic()
        for what, part in self.losses:
            while accepted() < part * wanted or (what == "hang" and not self._is_whole()):
                if not going_on():
                    raise Broken(f"the changes ended before the loss of the {what}.")
                self._bring_back()
                time.sleep(0.02)
            event = Event(what, time.monotonic() - began, accepted(), campaign())
            self.events.append(event)
            getattr(self, f"_{what}")(event)

    def join(self) -> None:
        """Everything that was killed is back."""
        until(
            self._is_whole,
            "the machine that was killed should be a standby again",
            *(each.patroni for each in self.database.machines.values()),
        )

    def _worker(self, event: Event) -> None:
        program = self.desk.workers["app2"]
        program.kill()
        event.told = program.name
        self._later(RESTART_SECONDS, program.start)

    def _web(self, event: Event) -> None:
        program = self.desk.webs["app3"]
        program.kill()
        event.told = program.name
        self._later(RESTART_SECONDS, program.start)

    def _primary(self, event: Event) -> None:
        machine = self._leading()
        machine.kill()
        self._wait_for_another(event, machine.name)
        self._later(RESTART_SECONDS, machine.start)

    def _hang(self, event: Event) -> None:
        machine = self._leading()
        machine.freeze()
        self._wait_for_another(event, machine.name)
        self._later(RESTART_SECONDS, machine.thaw)

    def _leading(self) -> Machine:
        name = self.database.leader()
        if name is None:
            raise Broken("there is no primary to be lost.")
        return self.database.machines[name]

    def _wait_for_another(self, event: Event, before: str) -> None:
        event.seconds = until(
            lambda: self._bring_back() >= 0 and self.database.leader() not in (None, before),
            "another PostgreSQL should take over",
            *(each.patroni for each in self.database.machines.values()),
            seconds=ELECTION_SECONDS,
        )
        event.told = f"{before} with its PostgreSQL, Patroni and etcd; {self.database.leader()} took over"

    def _is_whole(self) -> bool:
        return not self._bring_back() and self.database.is_whole()

    def _later(self, seconds: float, start: Callable[[], None]) -> None:
        self._down.append((time.monotonic() + seconds, start))

    def _bring_back(self) -> int:
        """Start what is due; how many are still down.

        In the drill's own thread: a child dies with the thread that started it, prctl(2) PR_SET_PDEATHSIG.
        """
        due = [pair for pair in self._down if pair[0] <= time.monotonic()]
        for pair in due:
            self._down.remove(pair)
            pair[1]()
        return len(self._down)
