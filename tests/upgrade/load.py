"""Programs which go on working, by HTTP, through a proxy which tries the next server when one is away."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import httpx

PAUSE_SECONDS = 0.05
_NEXT_SECONDS = 2.0
"""Whoever is not answered by then, by one that is still starting, is sent to the other."""
_PATIENCE_SECONDS = 60.0


@dataclass
class Load:
    """`clients` threads, each with lines of its own: changes one, then looks at it, and so on."""

    ports: Sequence[int]
    bearer: str
    lines: Sequence[str]
    clients: int = 2
    accepted: dict[str, list[str]] = field(default_factory=dict)
    """Passwords of each line that were promised to be made true, in order."""
    looks: int = 0
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(number,)) for number in range(self.clients)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def changes(self) -> int:
        return sum(len(passwords) for passwords in list(self.accepted.values()))

    def goes_on(self, more: int = 12) -> None:
        """Until that many more changes went through."""
        until, deadline = self.changes + more, time.monotonic() + 60
        while self.changes < until:
            assert not self.failed and time.monotonic() < deadline, self.failed
            time.sleep(0.01)

    def _go_on(self, client: int) -> None:
        mine = self.lines[client :: self.clients]
        # A connection each: one that is kept open holds up the end of the server it leads to.
        headers = {"Authorization": f"Bearer {self.bearer}", "Connection": "close"}
        with httpx.Client(timeout=_NEXT_SECONDS, headers=headers) as http:
            for number in count():
                line, password = mine[number % len(mine)], f"Tilleul-{client}{number:04d}-bleu"
                changed = self._asked(
                    http, "POST", f"{line}/change", f"{line}-{number}", {"password": password}
                )
                if changed is not None and self._is(changed, 202):
                    self.accepted.setdefault(line, []).append(password)
                looked = self._asked(http, "GET", line, "", None)
                self.looks += looked is not None and self._is(looked, 200)
                if self._stop.wait(PAUSE_SECONDS):
                    return

    def _is(self, answer: httpx.Response, status: int) -> bool:
        if answer.status_code != status:
            self.failed.append(
                f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
            )
        return answer.status_code == status

    def _asked(
        self, http: httpx.Client, method: str, path: str, once: str, body: object
    ) -> httpx.Response | None:
        """Either call may be sent again: a look changes nothing, a change has its `Idempotency-Key`."""
        deadline, trouble = time.monotonic() + _PATIENCE_SECONDS, ""
        for turn in count():
            port = self.ports[(turn + hash(path)) % len(self.ports)]
            url = f"http://127.0.0.1:{port}/api/v1/services/{path}"
            try:
                return http.request(method, url, json=body, headers={"Idempotency-Key": once} if once else {})
            except httpx.TransportError as away:
                trouble = type(away).__name__
            if time.monotonic() > deadline:
                self.failed.append(f"{method} {path}: no server took it ({trouble})")
                return None
            time.sleep(0.005)
        return None
