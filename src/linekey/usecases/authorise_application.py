"""Give a program the right to act for a person: it asks for a consumer key, the person decides (PPP-7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from linekey.domain.access import Actor, recently_confirmed
from linekey.domain.call_rules import require_readable_networks, require_readable_rules
from linekey.domain.errors import LinkNotValid, Malformed, StepUpNeeded, UnknownApplication
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import OvhApplication, OvhCredential
from linekey.vault import seal

PENDING_LASTS = timedelta(hours=1)
"""How long an asked credential waits for its person."""
MOST_PENDING = 200
"""Pending credentials per application: asking needs no signature, so it must not fill the table."""
LONGEST_REDIRECTION = 500


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


def ask_credential(
    *,
    application_key: str,
    rules: Sequence[tuple[str, str]],
    redirection: str,
    allowed_ips: Sequence[str],
    now: datetime,
) -> NewCredential:
    """A consumer key that works once its person has validated it. Raises UnknownApplication, Malformed."""
    require_readable_rules(rules)
    require_readable_networks(allowed_ips)
    _require_web_address(redirection)
    with transaction.atomic(durable=True):
        application = OvhApplication.objects.filter(key=application_key, status="active").first()
        if application is None:
            raise UnknownApplication()
        pending = application.credentials.filter(status="pendingValidation")
        pending.filter(created_at__lte=now - PENDING_LASTS).delete()
        if pending.count() >= MOST_PENDING:
            raise Malformed(field="accessRules", why="too many credentials wait for validation already")
        row, new = new_credential(application, rules, redirection, allowed_ips, now)
        row.save()
    return new


def look(*, token: Secret, now: datetime) -> Request:
    """What the validation page shows. Raises LinkNotValid when decided or an hour old."""
    credential = _waiting(token, now).select_related("application").first()
    if credential is None:
        raise LinkNotValid()
    return _request(credential)


def validate(*, actor: Actor, token: Secret, lasts: timedelta | None, now: datetime) -> Request:
    """Grant; `lasts=None` means without end. Raises StepUpNeeded, LinkNotValid."""
    require_recent(actor, now)
    return _decide(actor, token, "validated", now, expires_at=now + lasts if lasts else None)


def refuse(*, actor: Actor, token: Secret, now: datetime) -> Request:
    """Raises LinkNotValid."""
    return _decide(actor, token, "refused", now, expires_at=None)


def key_place(key_digest: str) -> str:
    """What the seal of a consumer key is bound to."""
    return f"ovh-credential:{key_digest}"


def new_credential(
    application: OvhApplication,
    rules: Sequence[tuple[str, str]],
    redirection: str,
    allowed_ips: Sequence[str],
    now: datetime,
) -> tuple[OvhCredential, NewCredential]:
    """A row, not saved yet, which waits for its person."""
    new = NewCredential(seal.new_key(32), seal.new_key(64))
    digest = seal.digest(new.consumer_key)
    row = OvhCredential(
        application=application,
        key_digest=digest,
        sealed_key=seal.seal(new.consumer_key.reveal().encode(), key_place(digest)),
        validation_digest=seal.digest(new.validation_token),
        rules=[{"method": method, "path": path} for method, path in rules],
        allowed_ips=list(allowed_ips),
        redirection=redirection,
        created_at=now,
    )
    return row, new


def note(actor: Actor, status: str, application_key: str, now: datetime) -> None:
    person = find.person(actor.person_id)
    audit.write(
        action=f"consumer_key.{status}", now=now, actor=actor, person=person, application=application_key
    )


def require_recent(actor: Actor, now: datetime) -> None:
    """Keys outlive a session, so making and granting them wants a recent proof. Raises StepUpNeeded."""
    if not recently_confirmed(actor, now):
        raise StepUpNeeded()


def _decide(
    actor: Actor, token: Secret, status: str, now: datetime, *, expires_at: datetime | None
) -> Request:
    with transaction.atomic(durable=True):
        # One conditional UPDATE decides: of two clicks, one finds nothing left to decide (law 8).
        if not _waiting(token, now).update(status=status, person_id=actor.person_id, expires_at=expires_at):
            raise LinkNotValid()
        credential = OvhCredential.objects.select_related("application").get(
            validation_digest=seal.digest(token)
        )
        request = _request(credential)
        note(actor, status, credential.application.key, now)
    return request


def _waiting(token: Secret, now: datetime) -> QuerySet[OvhCredential]:
    return OvhCredential.objects.filter(
        validation_digest=seal.digest(token),
        status="pendingValidation",
        created_at__gt=now - PENDING_LASTS,
    )


def _request(credential: OvhCredential) -> Request:
    application = credential.application
    if application.status != "active":
        raise LinkNotValid()
    return Request(
        application=application.name,
        description=application.description,
        rules=tuple((rule["method"], rule["path"]) for rule in credential.rules),
        allowed_ips=tuple(credential.allowed_ips),
        redirection=credential.redirection,
    )


def _require_web_address(redirection: str) -> None:
    """Empty, or http(s) to a named host: the person will be sent there. No user part, which only misleads."""
    if not redirection:
        return
    try:
        parts = urlsplit(redirection)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        good = good and parts.port != 0
    except ValueError:
        good = False
    plain = redirection.isprintable() and " " not in redirection and "\\" not in redirection
    if not good or not plain or len(redirection) > LONGEST_REDIRECTION:
        raise Malformed(field="redirection", why="it must be a full http or https address")
