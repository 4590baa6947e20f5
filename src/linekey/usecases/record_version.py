"""Draw up the next version of a service's credential: the one body behind a single change and a campaign.

The caller holds the lock of the service, and saves what is drawn up here.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from linekey.domain.kinds import KINDS, Verb
from linekey.domain.lifecycle import State
from linekey.domain.secret import Secret
from linekey.records import find, many
from linekey.records.models import CredentialVersion, Service
from linekey.records.models.credentials import credential_place
from linekey.vault import seal


def drawn_up(
    service: Service,
    verb: Verb,
    *,
    plan: str,
    secret: Secret | None,
    kept: timedelta,
    number: int,
    made_by_id: int | None,
    now: datetime,
    rules: str = "",
) -> CredentialVersion:
    """Planned, sealed in its place; without a `secret` a retirement. `kept`: how long the old one stays."""
    return CredentialVersion(
        service=service,
        number=number,
        state=State.PLANNED,
        verb=verb,
        rules=rules,
        plan=plan,
        made_by_id=made_by_id,
        created_at=now,
        grace=int(kept.total_seconds()),
        sealed=b"" if secret is None else sealed_for(service, number, secret),
    )


def sealed_for(service: Service, number: int, secret: Secret) -> bytes:
    """What the version of that number keeps."""
    username, realm = find.digest_names(service)
    place = credential_place(service.pk, number)
    return seal.seal_credential(KINDS[service.kind], secret, place, username=username, realm=realm)


def supersede_planned(services: Collection[int]) -> None:
    """Of services, by their keys: what never reached the element will not. Law 3 says so of its effects."""
    planned = CredentialVersion.objects.filter(many.among("service_id", services), state=State.PLANNED)
    planned.update(state=State.SUPERSEDED)
