"""Give a program the right to act for a person: application, consumer key, validation (PPP-7)."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linekey.domain.access import Actor, recently_confirmed
from linekey.domain.call_rules import METHODS
from linekey.domain.errors import LinkNotValid, Malformed, NotFound, StepUpNeeded, UnknownApplication
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import OvhApplication, OvhCredential
from linekey.vault import seal

PENDING_LASTS = timedelta(hours=1)
"""How long an asked credential waits for its person."""
MOST_RULES = 100
MOST_PENDING = 200
"""Pending credentials per application: asking needs no signature, so it must not fill the table."""


@dataclass(frozen=True)
class NewApplication:
    key: str
    secret: Secret
    """Shown once."""


@dataclass(frozen=True)
class NewCredential:
    consumer_key: Secret
    validation_token: Secret


@dataclass(frozen=True)
class Request:
    """What the person is asked to grant."""

    application: str
    description: str
    rules: tuple[tuple[str, str], ...]
    allowed_ips: tuple[str, ...]
    redirection: str


def create_application(*, actor: Actor, name: str, description: str, now: datetime) -> NewApplication:
    """Raises StepUpNeeded, Malformed."""
    _require_recent(actor, now)
    if not 1 <= len(name.strip()) <= 80 or len(description) > 300 or "\0" in name + description:
        raise Malformed(field="name", why="it must hold between 1 and 80 characters")
    key, secret = seal.new_key(16).reveal(), seal.new_key(32)
    with transaction.atomic(durable=True):
        person = find.person(actor.person_id)
        OvhApplication.objects.create(
            key=key,
            sealed_secret=seal.seal(secret.reveal().encode(), secret_place(key)),
            person=person,
            name=name.strip(),
            description=description.strip(),
            created_at=now,
        )
        audit.write(action="application.create", now=now, actor=actor, person=person, application=key)
    return NewApplication(key, secret)


def ask_credential(
    *,
    application_key: str,
    rules: Sequence[tuple[str, str]],
    redirection: str,
    allowed_ips: Sequence[str],
    now: datetime,
) -> NewCredential:
    """A consumer key that works once its person has validated it. Raises UnknownApplication, Malformed."""
    _require_readable(rules, allowed_ips)
    consumer_key, token = seal.new_key(32), seal.new_key(64)
    with transaction.atomic(durable=True):
        application = OvhApplication.objects.filter(key=application_key, status="active").first()
        if application is None:
            raise UnknownApplication()
        pending = application.credentials.filter(status="pendingValidation")
        pending.filter(created_at__lte=now - PENDING_LASTS).delete()
        if pending.count() >= MOST_PENDING:
            raise Malformed(field="accessRules", why="too many credentials wait for validation already")
        OvhCredential.objects.create(
            application=application,
            key_digest=seal.digest(consumer_key),
            sealed_key=seal.seal(consumer_key.reveal().encode(), key_place(seal.digest(consumer_key))),
            validation_digest=seal.digest(token),
            rules=[{"method": method, "path": path} for method, path in rules],
            allowed_ips=list(allowed_ips),
            redirection=redirection,
            created_at=now,
        )
    return NewCredential(consumer_key, token)


def look(*, actor: Actor, token: Secret, now: datetime) -> Request:
    """What the validation page shows. Raises LinkNotValid when decided or an hour old."""
    credential = _pending(token, now)
    return Request(
        application=credential.application.name,
        description=credential.application.description,
        rules=tuple((rule["method"], rule["path"]) for rule in credential.rules),
        allowed_ips=tuple(credential.allowed_ips),
        redirection=credential.redirection,
    )


def validate(*, actor: Actor, token: Secret, lasts: timedelta | None, now: datetime) -> str:
    """Grant; `lasts=None` means without end. Returns where to send the browser, or an empty string."""
    _require_recent(actor, now)
    return _decide(actor, token, "validated", now, expires_at=now + lasts if lasts else None)


def refuse(*, actor: Actor, token: Secret, now: datetime) -> str:
    return _decide(actor, token, "refused", now, expires_at=None)


def expire(*, actor: Actor, credential_id: int, now: datetime) -> None:
    """End one consumer key of the actor's (`/auth/logout`, `DELETE /me/api/credential/{id}`). Raises NotFound."""
    with transaction.atomic(durable=True):
        ended = OvhCredential.objects.filter(pk=credential_id, person_id=actor.person_id).exclude(status="expired")
        if not ended.update(status="expired", expires_at=now):
            raise NotFound()
        audit.write(
            action="consumer_key.expire", now=now, actor=actor, person=find.person(actor.person_id), id=str(credential_id)
        )


def remove_application(*, actor: Actor, application_id: int, now: datetime) -> None:
    """Remove an application of the actor's and every credential that belongs to it. Raises NotFound."""
    with transaction.atomic(durable=True):
        deleted, _ = OvhApplication.objects.filter(pk=application_id, person_id=actor.person_id).delete()
        if not deleted:
            raise NotFound()
        audit.write(
            action="application.remove", now=now, actor=actor, person=find.person(actor.person_id), id=str(application_id)
        )


def secret_place(application_key: str) -> str:
    return f"ovh-application:{application_key}"


def key_place(key_digest: str) -> str:
    return f"ovh-credential:{key_digest}"


def _decide(actor: Actor, token: Secret, status: str, now: datetime, *, expires_at: datetime | None) -> str:
    with transaction.atomic(durable=True):
        credential = _pending(token, now)
        won = OvhCredential.objects.filter(pk=credential.pk, status="pendingValidation").update(
            status=status, person_id=actor.person_id, expires_at=expires_at
        )
        if not won:
            raise LinkNotValid()
        audit.write(
            action=f"consumer_key.{status}",
            now=now,
            actor=actor,
            person=find.person(actor.person_id),
            application=credential.application.key,
        )
    return credential.redirection


def _pending(token: Secret, now: datetime) -> OvhCredential:
    credential = (
        OvhCredential.objects.select_related("application")
        .filter(
            validation_digest=seal.digest(token),
            status="pendingValidation",
            created_at__gt=now - PENDING_LASTS,
            application__status="active",
        )
        .first()
    )
    if credential is None:
        raise LinkNotValid()
    return credential


def _require_recent(actor: Actor, now: datetime) -> None:
    """Keys outlive a session, so granting them wants a recent proof."""
    if not recently_confirmed(actor, now):
        raise StepUpNeeded()


def _require_readable(rules: Sequence[tuple[str, str]], allowed_ips: Sequence[str]) -> None:
    if not 1 <= len(rules) <= MOST_RULES:
        raise Malformed(field="accessRules", why=f"there must be between 1 and {MOST_RULES} rules")
    for method, path in rules:
        if method not in METHODS:
            raise Malformed(field="method", why="it must be GET, POST, PUT or DELETE")
        if not path.startswith("/") or len(path) > 300 or not path.isprintable():
            raise Malformed(field="path", why="it must start with / and hold at most 300 characters")
    for network in allowed_ips:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise Malformed(field="allowedIPs", why="each must be an address or a CIDR block") from None
