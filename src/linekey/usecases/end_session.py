"""End one's own sessions, and forget browsers (TEAM-3). No proof is asked for: ending access must be easy."""

from datetime import datetime

from django.db import transaction

from linekey.domain.access import Actor, Door
from linekey.domain.errors import NotAllowed, NotFound
from linekey.records import audit, find, sessions
from linekey.records.models import Device, OpenSession


def end(*, actor: Actor, session_id: int, now: datetime) -> None:
    """Raises NotAllowed, NotFound: somebody else's, unknown and ended are one answer."""
    _require_portal(actor)
    with transaction.atomic(durable=True):
        own = OpenSession.objects.filter(pk=session_id, person_id=actor.person_id, ended_at=None)
        if not own.update(ended_at=now):
            raise NotFound()
        _note(actor, "session.ended", now)


def end_others(*, actor: Actor, now: datetime) -> None:
    """Every session but the one that asks, and every known browser but its own. Raises NotAllowed."""
    _require_portal(actor)
    with transaction.atomic(durable=True):
        sessions.end_others(find.person(actor.person_id), keep=actor.session_id, now=now)
        _note(actor, "session.others_ended", now)


def forget_device(*, actor: Actor, device_id: int, now: datetime) -> None:
    """A browser is trusted and known no more, and whoever is signed in there signs in again.

    The session that asks goes on, even from that very browser. Raises NotAllowed, NotFound.
    """
    _require_portal(actor)
    with transaction.atomic(durable=True):
        own = Device.objects.filter(pk=device_id, person_id=actor.person_id, ended_at=None)
        if not own.update(ended_at=now):
            raise NotFound()
        there = OpenSession.objects.filter(device_id=device_id, ended_at=None)
        there.exclude(pk=actor.session_id or 0).update(ended_at=now)
        _note(actor, "device.forgotten", now)


def _require_portal(actor: Actor) -> None:
    if actor.door is not Door.PORTAL:
        raise NotAllowed()


def _note(actor: Actor, action: str, now: datetime) -> None:
    audit.write(action=action, now=now, actor=actor, person=find.person(actor.person_id))
