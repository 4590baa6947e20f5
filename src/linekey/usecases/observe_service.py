"""Ask what the network sees of a service now; the worker looks, the page reads the answer."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.effects import OPEN_STATES, Effect, EffectKind
from linekey.domain.errors import VerbNotOffered
from linekey.domain.kinds import KINDS, Stored
from linekey.records import find, outbox
from linekey.records.models import OutboxEffect, Service

FRESH = timedelta(seconds=2)


def refresh(*, actor: Actor, reference: str, now: datetime) -> None:
    """At most one look is under way per service, and none is asked for when the last is seconds old.

    Raises NotFound; VerbNotOffered for what no element knows.
    """
    with transaction.atomic(durable=True):
        service = find.service(actor, reference)
        if KINDS[service.kind].stored is Stored.NOTHING:
            raise VerbNotOffered()
        _ask([service], now)


def refresh_all(*, actor: Actor, references: Collection[str], now: datetime) -> None:
    """The same for the lines and accesses of a page; what the actor does not see is passed over."""
    with transaction.atomic(durable=True):
        seen = find.visible_services(actor).filter(reference__in=references)
        _ask([service for service in seen if KINDS[service.kind].stored is not Stored.NOTHING], now)


def _ask(services: Collection[Service], now: datetime) -> None:
    looks = OutboxEffect.objects.filter(kind=EffectKind.OBSERVE, state__in=OPEN_STATES)
    under_way = set(looks.filter(service__in=services).values_list("service_id", flat=True))
    for service in services:
        recent = hasattr(service, "observation") and service.observation.seen_at > now - FRESH
        if not recent and service.pk not in under_way:
            look = Effect(EffectKind.OBSERVE, ordered=False)
            outbox.put([look], plan=uuid4().hex, now=now, service=service)
