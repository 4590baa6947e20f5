"""What a hand does with a batch, from claim to settled. No trouble of one effect becomes another's.

Decides nothing of what is due: that was claimed, by whoever hands it in.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from linekey.enact.outside import Again, Outcome, Outside, backoff
from linekey.enact.table import IN_BATCHES, make_true
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.worker import told
from linekey.worker.settle import settle_together

log = logging.getLogger("linekey.worker")


def grouped(claimed: Iterable[Claimed]) -> list[list[Claimed]]:
    """Batches of one kind where the kind takes batches, else one by one."""
    groups: dict[str, list[Claimed]] = defaultdict(list)
    for item in claimed:
        groups[item.kind if item.kind in IN_BATCHES else f"{item.kind}:{item.id}"].append(item)
    return list(groups.values())


def carry_out(batch: list[Claimed], outside: Outside, lease: timedelta) -> None:
    """A bug on the way costs its own effects a retry, not the worker its life."""
    now = timezone.now()
    batch = [claimed for claimed in batch if _in_time(claimed, lease, now)]
    if not batch:
        return
    try:
        with told.carried(batch):
            _made_true(batch, outside, lease, now)
    except (OperationalError, InterfaceError) as trouble:
        close_old_connections()
        _give_back(batch, f"our own database: {type(trouble).__name__}")


def _made_true(batch: list[Claimed], outside: Outside, lease: timedelta, now: datetime) -> None:
    try:
        outcomes = make_true(batch, outside, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as bug:
        if len(batch) > 1:
            for claimed in batch:
                carry_out([claimed], outside, lease)
            return
        log.error("effect %s failed: %s", batch[0].id, told.without_words(bug))
        outcomes = {claimed.id: _after_bug(claimed, bug) for claimed in batch}
    settle_together(batch, outcomes)
    told.settled(batch, outcomes)


def _in_time(claimed: Claimed, lease: timedelta, now: datetime) -> bool:
    """What waited for a hand through half its lease is put back.

    Begun now, it may outlive the lease and be done by two workers.
    """
    if claimed.lease_until - now >= lease / 2:
        return True
    outbox.again(claimed, at=now, trouble="")
    return False


def _give_back(batch: list[Claimed], trouble: str) -> None:
    """A moment's trouble with our own database costs a moment.

    While it lasts nothing can be written: the leases then end by themselves.
    """
    with suppress(OperationalError, InterfaceError):
        for claimed in batch:
            outbox.again(claimed, at=timezone.now() + backoff(claimed.attempts), trouble=trouble)


def _after_bug(claimed: Claimed, bug: Exception) -> Outcome:
    # Only the class: a message may quote what it choked on.
    return Again(timezone.now() + backoff(claimed.attempts), f"internal error: {type(bug).__name__}")
