"""The version an effect names, read afresh: is it still the one to be true?"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from linekey.domain.effects import OPEN_STATES, REPAIR
from linekey.domain.lifecycle import State, may_move
from linekey.domain.rotation import CUT
from linekey.records import audit, find, many
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect, Service
from linekey.records.models.credentials import credential_place

_IN_USE = Q(grace=0) | Q(used_at__isnull=False) | Q(released_at__isnull=False)
"""A secret which is in somebody's device."""


class Standing(NamedTuple):
    """A version which is the newest of its service, as far as an element is concerned."""

    id: int
    service_id: int
    number: int
    plan: str
    sealed: bytes | memoryview
    live_at: datetime | None
    grace: int
    retire_at: datetime | None
    used_at: datetime | None
    kind: str
    """Of its service. Those of a line have the next three, those of an access the last two."""
    registrar: str
    username: str
    realm: str
    access_server: str
    login: str

    @property
    def seal_place(self) -> str:
        return credential_place(self.service_id, self.number)


_STANDING = (
    *("id", "service_id", "number", "plan", "sealed", "live_at", "grace", "retire_at", "used_at"),
    *("service__kind", "service__sip__element", "service__sip__username", "service__sip__realm"),
    *("service__ppp__element", "service__ppp__login"),
)


def currents(version_ids: Collection[int]) -> dict[int, Standing]:
    """Those of many which `current` would find, by identifier: two queries, however many."""
    known = CredentialVersion.objects.filter(many.among("pk", version_ids))
    versions = [Standing(*row) for row in known.values_list(*_STANDING)]
    rows = CredentialVersion.objects.filter(many.among("service_id", [each.service_id for each in versions]))
    rows = rows.exclude(state=State.ABANDONED).exclude(state=State.SUPERSEDED, live_at=None)
    newest = dict(rows.order_by().values_list("service").annotate(Max("number")))
    return {each.id: each for each in versions if newest.get(each.service_id) == each.number}


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


def before(version: CredentialVersion) -> CredentialVersion | None:
    """The version whose secret is in people's devices: what a grace keeps beside `version`.

    A version in grace that nobody has used yet is in no device: a second rotation keeps what the first
    one kept. None when there is none, or when it holds no secret.
    """
    rows = version.service.versions.filter(number__lt=version.number, live_at__isnull=False)
    rows = rows.exclude(state=State.ABANDONED)
    old = rows.filter(_IN_USE).order_by("-number").first()
    return old if old is not None and bytes(old.sealed) else None


def befores(version_ids: Collection[int]) -> dict[int, tuple[bytes, str]]:
    """What `before` keeps, sealed, and its place; for many, by the identifier of the version it is beside."""
    if not version_ids:
        return {}  # Most changes are at once, and a question costs as much to write as to ask.
    rows = CredentialVersion.objects.filter(
        service=OuterRef("service"), number__lt=OuterRef("number"), live_at__isnull=False
    ).exclude(state=State.ABANDONED)
    old = Subquery(rows.filter(_IN_USE).order_by("-number").values("pk")[:1])
    beside = CredentialVersion.objects.filter(many.among("pk", version_ids))
    kept = dict(beside.annotate(old=old).exclude(old=None).values_list("old", "pk"))
    rows = CredentialVersion.objects.filter(many.among("pk", kept))
    found = rows.values_list("pk", "service_id", "number", "sealed")
    return {
        kept[key]: (bytes(sealed), credential_place(service, number))
        for key, service, number, sealed in found
        if bytes(sealed)
    }


def alone_since(version: CredentialVersion) -> datetime | None:
    """From when on the element accepted this secret and none before it; None while it does not.

    Once a grace was ended before its time, that is when the old secret was released.
    """
    if version.released_at is not None or version.retire_at is not None:
        return version.released_at
    return version.live_at


def cut_to_come(claimed: Claimed) -> bool:
    """Is what the old secret opened still to be cut by the plan of this effect?"""
    cuts = OutboxEffect.objects.filter(plan=claimed.plan, kind__in=list(CUT.values()))
    return cuts.filter(state__in=OPEN_STATES).exists()


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
    deadline = now + timedelta(seconds=version.grace) if version.grace else None
    if not this.filter(state__in=movable).update(state=State.LIVE, live_at=now, retire_at=deadline):
        # A newer one was recorded meanwhile; should that be abandoned, this is the one the element holds.
        this.filter(state=State.SUPERSEDED, live_at=None).update(live_at=now, retire_at=deadline)
    CredentialVersion.objects.filter(
        service_id=version.service_id, number__lt=version.number, state=State.LIVE
    ).update(state=State.SUPERSEDED)


def went_live_together(version_ids: Collection[int], now: datetime) -> None:
    """`went_live` for many, in few statements."""
    these = CredentialVersion.objects.filter(many.among("pk", version_ids))
    movable = [state for state in State if may_move(state, State.LIVE)]
    for grace in set(these.order_by().values_list("grace", flat=True)):
        deadline = now + timedelta(seconds=grace) if grace else None
        alike = these.filter(grace=grace)
        alike.filter(state=State.SUPERSEDED, live_at=None).update(live_at=now, retire_at=deadline)
        alike.filter(state__in=movable).update(state=State.LIVE, live_at=now, retire_at=deadline)
    later = these.filter(service=OuterRef("service"), number__gt=OuterRef("number"))
    older = CredentialVersion.objects.filter(service__in=these.values("service"), state=State.LIVE)
    older.filter(Exists(later)).update(state=State.SUPERSEDED)


def was_used(version_id: int) -> bool:
    return CredentialVersion.objects.filter(pk=version_id, used_at__isnull=False).exists()


def released(version_id: int, now: datetime) -> None:
    this = CredentialVersion.objects.filter(pk=version_id)
    if this.filter(released_at=None).update(released_at=now):
        version = this.select_related("service__owner").get()
        audit.write(
            action="credential.released",
            now=now,
            actor=None,
            service=version.service,
            version=str(version.number),
        )


def service_of(claimed: Claimed) -> Service:
    if claimed.service_id is None:
        raise ValueError("the effect names no service")
    return Service.objects.select_related("sip", "ppp", "owner").get(pk=claimed.service_id)
