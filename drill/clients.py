"""People's programs: each change under a name of its own, asked for again until it is answered.

As docs/reference/api.md tells them to: no answer, 502, 503 and 504 are no « no », and the same
Idempotency-Key makes the second request the first one. They know nothing of what goes on behind the address.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import httpx

from drill.proofs import Asked
from linekey.domain.drawing import draw
from linekey.domain.kinds import SIP_LINE
from linekey.domain.password_rules import PRESETS, Circumstances

CLIENTS = 8
RESET_SHARE = 0.1
"""Of changes whose new password is drawn, and shown once."""
HOT_LINES, HOT_SHARE = 10, 0.2
"""Some lines are changed by several clients at the same moment."""
PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = (0.2, 0.5)
_PACE_SECONDS = 0.15
"""A client begins no change sooner after its last: a fast machine would be done before anything dies."""
_NO_ANSWER = (502, 503, 504)


@dataclass
class Wish:
    """One change somebody wants."""

    key: str
    line: str
    verb: str
    password: str
    """Empty for a reset: the desk draws it."""


@dataclass
class Heard:
    """What all clients together were told so far."""

    asked: list[Asked] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    """By key, of what was accepted and is known."""
    again: Counter[str] = field(default_factory=Counter)
    """Requests sent once more, by why."""
    statuses: Counter[int] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    @property
    def accepted(self) -> int:
        return sum(each.answered is not None for each in self.asked)

    def longest_gap(self) -> float:
        """Seconds between two accepted changes."""
        moments = sorted(each.answered for each in self.asked if each.answered is not None)
        return max((after - before for before, after in pairwise(moments)), default=0.0)


def wishes(lines: Sequence[str], count: int, chance: random.Random) -> list[Wish]:
    hot = lines[:HOT_LINES]
    made = []
    for number in range(count):
        line = chance.choice(hot if chance.random() < HOT_SHARE else lines)
        drawn = chance.random() < RESET_SHARE
        password = "" if drawn else draw(SIP_LINE, PRESETS["legacy"], Circumstances()).reveal()
        made.append(Wish(f"drill-{number:06}", line, "reset" if drawn else "change", password))
    return made


class Clients:
    def __init__(self, url: str, secret: str, wanted: Sequence[Wish]) -> None:
        self.heard = Heard()
        self._url, self._headers = url, {"Authorization": f"Bearer {secret}"}
        self._waiting: SimpleQueue[Wish] = SimpleQueue()
        for wish in wanted:
            self._waiting.put(wish)
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def go_on(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        api = httpx.Client(base_url=f"{self._url}/api/v1", headers=self._headers, timeout=10)
        with api as desk, suppress(Empty):
            while True:
                began = time.monotonic()
                self._carry(desk, self._waiting.get_nowait())
                time.sleep(max(0.0, began + _PACE_SECONDS - time.monotonic()))

    def _carry(self, desk: httpx.Client, wish: Wish) -> None:
        sent, version, answered, tries = time.monotonic(), None, None, 0
        while answered is None and time.monotonic() - sent < PATIENCE_SECONDS:
            tries += 1
            try:
                answer = desk.post(
                    f"/services/{wish.line}/{wish.verb}",
                    headers={"Idempotency-Key": wish.key},
                    json={"mode": "immediate"} | ({"password": wish.password} if wish.password else {}),
                )
            except httpx.TransportError as trouble:
                self._again(type(trouble).__name__)
                continue
            with self.heard.lock:
                self.heard.statuses[answer.status_code] += 1
            if answer.status_code == 202:
                answered, version = time.monotonic(), int(answer.json()["version"])
            elif tries > 1 and answer.status_code == 409 and answer.json()["code"] == "already_shown":
                answered = time.monotonic()  # The first request was carried out, and its answer got lost.
            elif answer.status_code in _NO_ANSWER:
                self._again(str(answer.status_code))
            else:
                break
        with self.heard.lock:
            self.heard.asked.append(Asked(wish.key, wish.line, wish.verb, sent, answered, version))
            if answered is not None and wish.password:
                self.heard.passwords[wish.key] = wish.password

    def _again(self, why: str) -> None:
        with self.heard.lock:
            self.heard.again[why] += 1
        time.sleep(random.uniform(*_PAUSE_SECONDS))
