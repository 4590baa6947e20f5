"""Waits until every child answers, then keeps it so."""

import sys
import time
from contextlib import suppress

from linekey.worker.children import Child
from linekey.worker.place import CannotStart

_START_SECONDS = 60.0
_PROBE_EVERY_SECONDS = 10.0
_DEAF_AFTER = 3
"""Unanswered probes in a row before a living child is started again: Kamailio can live on, deaf for good."""


def tell(text: str) -> None:
    # A closed terminal must not keep the supervisor from stopping its children.
    with suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def wait_for(children: list[Child]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    silent = list(children)
    while silent:
        for child in silent:
            code = child.exit_code()
            if code is not None:
                raise CannotStart(f"{child.name} stopped at once. Its last words:\n{child.last_words()}")
        silent = [child for child in silent if not child.answers()]
        if silent and time.monotonic() > deadline:
            names = ", ".join(child.name for child in silent)
            raise CannotStart(f"no answer within {_START_SECONDS:.0f} s from {names}. Log: {silent[0].log}")
        time.sleep(0.05 if silent else 0)


def watch(children: list[Child]) -> None:
    """Until interrupted."""
    unanswered = dict.fromkeys((child.name for child in children), 0)
    next_probe = time.monotonic() + _PROBE_EVERY_SECONDS
    while True:
        now = time.monotonic()
        for child in children:
            if news := child.restart_when_dead(now):
                tell(news)
        if now >= next_probe:
            next_probe = now + _PROBE_EVERY_SECONDS
            for child in children:
                if child.start_again_at is not None:
                    continue
                unanswered[child.name] = 0 if child.answers() else unanswered[child.name] + 1
                if unanswered[child.name] >= _DEAF_AFTER:
                    tell(f"{child.name} runs and does not answer; starting it again. Log: {child.log}")
                    child.restart()
                    unanswered[child.name] = 0
        time.sleep(0.2)
