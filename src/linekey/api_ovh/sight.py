"""What the network sees of a service, as fresh as one second of waiting can make it."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from linekey.domain.access import Actor
from linekey.records import pages
from linekey.records.pages import Observed
from linekey.usecases import observe_service

PATIENCE = timedelta(seconds=1)
_LOOK_EVERY = timedelta(milliseconds=40)


def facts_of(actor: Actor, reference: str) -> dict[str, Any]:
    """Facts of a look asked for now, or of the last one when the network takes longer. Raises NotFound."""
    asked_at = timezone.now()
    observe_service.refresh(actor=actor, reference=reference, now=asked_at)
    seen = pages.observed(actor, reference)
    while not _fresh(seen, asked_at) and timezone.now() - asked_at < PATIENCE:
        time.sleep(_LOOK_EVERY.total_seconds())
        seen = pages.observed(actor, reference)
    return seen.facts if seen else {}


def _fresh(seen: Observed | None, asked_at: datetime) -> bool:
    return seen is not None and seen.seen_at > asked_at - observe_service.FRESH
