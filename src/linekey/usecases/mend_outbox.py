"""Staff retry or abandon a step which the outside refused."""

from datetime import datetime

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.effects import EffectKind, StepState
from linekey.domain.errors import NotWaiting
from linekey.domain.lifecycle import State
from linekey.records import audit, outbox
from linekey.records.models import CredentialVersion, OutboxEffect

_MAKES_LIVE = (EffectKind.PUSH, EffectKind.RETIRE)


def retry(*, actor: Actor, effect_id: int, now: datetime) -> None:
    """Try a dead step again, and then what it blocked. Raises NotAllowed, NotWaiting."""
    access.require(actor, Action.OPERATE, owner_id=None, now=now)
    with transaction.atomic(durable=True):
        _written(actor, "effect.retry", outbox.retry(effect_id, now=now), now)


def abandon(*, actor: Actor, effect_id: int, now: datetime) -> None:
    """Give a dead step and what it blocked up: a secret which never reached the element never will.

    Raises NotAllowed, NotWaiting.
    """
    access.require(actor, Action.OPERATE, owner_id=None, now=now)
    with transaction.atomic(durable=True):
        effect = _written(actor, "effect.abandon", outbox.abandon(effect_id, now=now), now)
        given_up = OutboxEffect.objects.filter(
            plan=effect.plan, kind__in=_MAKES_LIVE, state=StepState.ABANDONED
        )
        # A notice given up must not take the change itself along: the element may still be taking it.
        if given_up.exists():
            planned = CredentialVersion.objects.filter(plan=effect.plan, state=State.PLANNED)
            planned.update(state=State.ABANDONED)


def _written(actor: Actor, action: str, effect: OutboxEffect | None, now: datetime) -> OutboxEffect:
    if effect is None:
        raise NotWaiting()
    audit.write(
        action=action, now=now, actor=actor, service=effect.service, person=effect.person, kind=effect.kind
    )
    return effect
