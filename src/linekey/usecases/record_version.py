"""Draw up the next version of a service's credential: the one body behind a single change and a campaign.

The caller holds the lock of the service, and saves what is drawn up here.
"""

from datetime import datetime, timedelta

from linekey.domain.kinds import KINDS, Verb
from linekey.domain.lifecycle import State
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import CredentialVersion, Service
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
    version = CredentialVersion(
        service=service,
        number=number,
        state=State.PLANNED,
        verb=verb,
        rules=rules,
        plan=plan,
        made_by_id=made_by_id,
        created_at=now,
        grace=int(kept.total_seconds()),
        sealed=b"",
    )
    if secret is not None:
        username, realm = find.digest_names(service)
        version.sealed = seal.seal_credential(
            KINDS[service.kind], secret, version.seal_place, username=username, realm=realm
        )
    return version


def supersede_planned(services: list[Service]) -> None:
    """What never reached the element will not: law 3 says the same of its effects."""
    planned = CredentialVersion.objects.filter(service__in=services, state=State.PLANNED)
    planned.update(state=State.SUPERSEDED)
