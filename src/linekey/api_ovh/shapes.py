"""Objects of the dialect that several sections answer with, and its way to write a moment."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from linekey.records.pages import ApplicationRow, CredentialRow


def moment(value: datetime | None) -> str | None:
    """ISO 8601 with offset, in the operator's time zone: `2026-03-09T17:51:38+01:00`."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def moment_of_fact(text: str | None) -> str | None:
    """The same of what an element said; a fact without offset is in the operator's time zone."""
    if not text:
        return None
    value = datetime.fromisoformat(text)
    return moment(value if value.tzinfo else timezone.make_aware(value))


def credential_shape(row: CredentialRow, now: datetime) -> dict[str, Any]:
    """auth.ApiCredential and api.Credential."""
    return {
        "credentialId": row.id,
        "applicationId": row.application_id,
        "status": row.status_at(now),
        "creation": moment(row.created_at),
        "expiration": moment(row.expires_at),
        "lastUse": moment(row.last_use_at),
        "rules": [dict(rule) for rule in row.rules],
        "allowedIPs": list(row.allowed_ips),
        # Nobody at the operator can make a key for a customer here.
        "ovhSupport": False,
    }


def application_shape(row: ApplicationRow) -> dict[str, Any]:
    """api.Application."""
    return {
        "applicationId": row.id,
        "applicationKey": row.key,
        "name": row.name,
        "description": row.description,
        "status": row.status,
    }
