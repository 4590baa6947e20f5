"""The version an effect names, read afresh: is it still the one to be true?"""

from datetime import datetime

from linekey.domain.effects import REPAIR
from linekey.domain.lifecycle import State, may_move
from linekey.records import find
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect, Service


def current(version_id: int | None) -> CredentialVersion | None:
    """The version when it is the newest of its service, else None (law 3)."""
    if version_id is None:
        return None
    version = (
        CredentialVersion.objects.select_related("service__sip", "service__ppp", "service__owner", "made_by")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        return None
    newest = find.newest_version(version.service)
    return version if newest is not None and newest.pk == version.pk else None


def overtaken(claimed: Claimed, service: Service) -> bool:
    """Was a newer secret recorded after this effect, which names none itself?

    The service row is locked while effects are numbered, so their order is that of the changes.
    """
    later = OutboxEffect.objects.filter(service=service, id__gt=claimed.id)
    return later.exclude(version=None).exclude(facts__has_key=REPAIR).exists()


def went_live(version_id: int, now: datetime) -> None:
    """The element took it: those before it are superseded."""
    version = CredentialVersion.objects.get(pk=version_id)
    this = CredentialVersion.objects.filter(pk=version.pk)
    movable = [state for state in State if may_move(state, State.LIVE)]
    if not this.filter(state__in=movable).update(state=State.LIVE, live_at=now):
        # A newer one was recorded meanwhile; should that be abandoned, this is the one the element holds.
        this.filter(state=State.SUPERSEDED, live_at=None).update(live_at=now)
    CredentialVersion.objects.filter(
        service_id=version.service_id, number__lt=version.number, state=State.LIVE
    ).update(state=State.SUPERSEDED)


def service_of(claimed: Claimed) -> Service:
    if claimed.service_id is None:
        raise ValueError("the effect names no service")
    return Service.objects.select_related("sip", "ppp", "owner").get(pk=claimed.service_id)
