"""A program sends a request again when it heard no answer: what was done is not done twice.

Remembered for a day, under the program's own name of the request; one that was refused is not remembered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from linekey.domain.access import Actor
from linekey.domain.limits import Limit
from linekey.domain.secret import Secret
from linekey.records import tallies
from linekey.vault import seal

_ONCE = Limit(1, within=timedelta(days=1), shut=timedelta(days=1))


def once(*, actor: Actor, operation: str, act: Callable[[], object], now: datetime) -> None:
    """Raises what `act` raises."""
    key = f"once:{actor.person_id}:{seal.digest(Secret(operation))}"
    if not tallies.full(key, now=now):
        act()
        tallies.take({key: _ONCE}, now=now)
