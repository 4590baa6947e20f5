"""Applications and consumer keys of the signed-in person."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Actor
from linekey.records.models import OvhApplication, OvhCredential


@dataclass(frozen=True)
class ApplicationRow:
    id: int
    key: str
    name: str
    description: str
    status: str


@dataclass(frozen=True)
class CredentialRow:
    """A consumer key, without the key."""

    id: int
    application_id: int
    application_name: str
    status: str
    """As recorded; `status_at` says what it is worth now."""
    created_at: datetime
    expires_at: datetime | None
    last_use_at: datetime | None
    rules: tuple[dict[str, str], ...]
    allowed_ips: tuple[str, ...]

    def status_at(self, now: datetime) -> str:
        """`expired` as soon as the end is past: nothing comes to change the row at that moment."""
        over = self.expires_at is not None and self.expires_at <= now
        return "expired" if over and self.status == "validated" else self.status


def applications(actor: Actor) -> list[ApplicationRow]:
    rows = OvhApplication.objects.filter(person_id=actor.person_id).order_by("id")
    return [_application_row(row) for row in rows]


def credentials(actor: Actor, *, application_id: int | None = None) -> list[CredentialRow]:
    """Consumer keys the actor decided about, oldest first."""
    rows = (
        OvhCredential.objects.select_related("application").filter(person_id=actor.person_id).order_by("id")
    )
    if application_id is not None:
        rows = rows.filter(application_id=application_id)
    return [_credential_row(row) for row in rows]


def credential_application(actor: Actor, credential_id: int) -> ApplicationRow | None:
    """The application a consumer key of the actor's belongs to."""
    rows = OvhApplication.objects.filter(
        credentials__pk=credential_id, credentials__person_id=actor.person_id
    )
    row = rows.first()
    return _application_row(row) if row else None


def _application_row(row: OvhApplication) -> ApplicationRow:
    return ApplicationRow(row.pk, row.key, row.name, row.description, row.status)


def _credential_row(row: OvhCredential) -> CredentialRow:
    return CredentialRow(
        id=row.pk,
        application_id=row.application_id,
        application_name=row.application.name,
        status=row.status,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_use_at=row.last_use_at,
        rules=tuple(row.rules),
        allowed_ips=tuple(row.allowed_ips),
    )
