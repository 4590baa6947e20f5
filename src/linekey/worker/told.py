"""One line of the log per settled effect, by the number of the request which asked for it."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from django.utils import timezone

from linekey.domain import tracing
from linekey.enact.outside import Again, Outcome
from linekey.records.claimed import Claimed

log = logging.getLogger("linekey.effects")


def carried(batch: Sequence[Claimed]) -> AbstractContextManager[None]:
    """What is done for one request is done under its number; a batch of several has none."""
    numbers = {claimed.request for claimed in batch}
    return tracing.carried(numbers.pop() if len(numbers) == 1 else "")


def settled(batch: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    """Only the class of what came of it: its words may be a stranger's."""
    now = timezone.now()
    for claimed in batch:
        outcome = outcomes[claimed.id]
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
