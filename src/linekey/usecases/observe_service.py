"""Ask what the network sees of a service now; the worker looks, the page reads the answer."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.effects import OPEN_STATES, Effect, EffectKind
from linekey.records import find, outbox
from linekey.records.models import OutboxEffect

FRESH = timedelta(seconds=2)


def refresh(*, actor: Actor, reference: str, now: datetime) -> None:
    """At most one look is under way per service, and none is asked for when the last is seconds old."""
    with transaction.atomic(durable=True):
        service = find.service(actor, reference)
        looks = OutboxEffect.objects.filter(service=service, kind=EffectKind.OBSERVE)
        recent = hasattr(service, "observation") and service.observation.seen_at > now - FRESH
        if not recent and not looks.filter(state__in=OPEN_STATES).exists():
            look = Effect(EffectKind.OBSERVE, ordered=False)
            outbox.put([look], plan=uuid4().hex, now=now, service=service)
