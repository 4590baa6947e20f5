"""Make and revoke the keys with which a person's own programs use the API (TEAM-5).

A key acts as its person, within what it was limited to. None can make another key: that takes the portal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain import access, access_keys
from linekey.domain.access import Actor, Scope
from linekey.domain.errors import NotFound, TooManyThings
from linekey.domain.secret import Secret
from linekey.records import audit, find, keys
from linekey.records.models import AccessKey
from linekey.usecases.tell_contacts import tell
from linekey.vault import access_keys as drawn
from linekey.vault import seal


@dataclass(frozen=True)
class NewAccessKey:
    key_id: str
    secret: Secret
    """Told this once: only its digest is kept."""


def create(
    *,
    actor: Actor,
    name: str,
    scopes: frozenset[Scope],
    networks: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
) -> NewAccessKey:
    """`networks` are CIDR ranges, none for everywhere; `expires_at=None` is without end.

    Raises NotAllowed, StepUpNeeded, TooManyThings, and Malformed which names the field.
    """
    access.require_owner(actor, now)
    name, kept_scopes = access_keys.require_name(name), access_keys.require_scopes(scopes)
    ranges = access_keys.require_networks(networks)
    access_keys.require_future(expires_at, now)
    new = NewAccessKey(drawn.new_id(), drawn.new_secret())
    with transaction.atomic(durable=True):
        person = keys.owner(actor.person_id)
        if keys.count_live(person, now=now) >= access_keys.MOST_LIVE:
            raise TooManyThings()
        AccessKey.objects.create(
            person=person,
            key_id=new.key_id,
            digest=seal.digest(new.secret),
            name=name,
            scopes=kept_scopes,
            networks=ranges,
            created_at=now,
            expires_at=expires_at,
        )
        audit.write(action="access_key.create", now=now, actor=actor, person=person, key=new.key_id)
        tell(person, "access_key_created", {"label": name, "key_id": new.key_id}, now=now)
    return new


def revoke(*, actor: Actor, key_id: str, now: datetime) -> None:
    """The key and every token of it are dead with this call.

    Raises NotAllowed, StepUpNeeded, and NotFound: also when it was revoked already.
    """
    access.require_owner(actor, now)
    with transaction.atomic(durable=True):
        person = find.person(actor.person_id)
        key = AccessKey.objects.filter(person=person, key_id=key_id if access_keys.is_key_id(key_id) else "")
        if not key.filter(revoked_at=None).update(revoked_at=now):
            raise NotFound()
        audit.write(action="access_key.revoke", now=now, actor=actor, person=person, key=key_id)
        tell(person, "access_key_revoked", {"label": key.get().name, "key_id": key_id}, now=now)
