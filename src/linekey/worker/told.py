"""One line of the log per settled effect, by the number of the request which asked for it.

What went well of a campaign is one line for all of a batch: a hundred thousand would bury the others.
"""

import logging
import traceback
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from django.utils import timezone

from linekey.domain import tracing
from linekey.enact.outside import Again, Done, Outcome
from linekey.records.claimed import Claimed

log = logging.getLogger("linekey.effects")

MANY = 50
"""More than hands take at a time of what people wait for."""


def carried(batch: Sequence[Claimed]) -> AbstractContextManager[None]:
    """What is done for one request is done under its number; a batch of several has none."""
    numbers = {claimed.request for claimed in batch}
    return tracing.carried(numbers.pop() if len(numbers) == 1 else "")


def without_words(bug: BaseException) -> str:
    """Class and place of an error: its message may quote the secret it choked on (law 5)."""
    return f"{type(bug).__name__}\n{''.join(traceback.format_tb(bug.__traceback__))}"


def settled(batch: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    """Only the class of what came of it: its words may be a stranger's."""
    now = timezone.now()
    well = [claimed for claimed in batch if isinstance(outcomes[claimed.id], Done)]
    together = {claimed.id for claimed in well} if len(well) > MANY else set()
    if together:
        slowest = max((now - claimed.created_at).total_seconds() for claimed in well)
        told = "%d effects %s: done, after %.3f s at most, the first %d and the last %d"
        log.info(told, len(well), batch[0].kind, slowest, min(together), max(together))
    for claimed in batch:
        outcome = outcomes[claimed.id]
        if claimed.id in together:
            continue
        if isinstance(outcome, Again) and not outcome.trouble:
            continue  # Nothing is wrong, and nothing to be seen yet.
        with tracing.carried(claimed.request):
            log.info(
                "effect %d %s: %s at attempt %d, after %.3f s, plan %s",
                claimed.id,
                claimed.kind,
                type(outcome).__name__.lower(),
                claimed.attempts,
                (now - claimed.created_at).total_seconds(),
                claimed.plan,
            )
