"""Give a program the right to act for a person: application, consumer key, validation (PPP-7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from linekey.domain.access import Actor, recently_confirmed
from linekey.domain.call_rules import require_readable_networks, require_readable_rules
from linekey.domain.errors import LinkNotValid, Malformed, StepUpNeeded, UnknownApplication
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import OvhApplication, OvhCredential, Person
from linekey.vault import seal

PENDING_LASTS = timedelta(hours=1)
"""How long an asked credential waits for its person."""
MOST_PENDING = 200
"""Pending credentials per application: asking needs no signature, so it must not fill the table."""
LONGEST_REDIRECTION = 500


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
    with transaction.atomic(durable=True):
        _, made = _new_application(actor, name, description, now)
    return made


def create_with_key(
    *,
    actor: Actor,
    name: str,
    description: str,
    rules: Sequence[tuple[str, str]],
    allowed_ips: Sequence[str],
    lasts: timedelta | None,
    now: datetime,
) -> tuple[NewApplication, Secret]:
    """An application and a consumer key for its own maker, granted at once; `lasts=None` means without end.

    Raises StepUpNeeded, Malformed.
    """
    _require_recent(actor, now)
    require_readable_rules(rules)
    require_readable_networks(allowed_ips)
    with transaction.atomic(durable=True):
        application, made = _new_application(actor, name, description, now)
        row, new = _new_credential(application, rules, "", allowed_ips, now)
        row.status, row.person_id = "validated", actor.person_id
        row.expires_at = now + lasts if lasts else None
        row.save()
        _note(actor, "validated", application.key, now)
    return made, new.consumer_key


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
        row, new = _new_credential(application, rules, redirection, allowed_ips, now)
        row.save()
    return new


def look(*, token: Secret, now: datetime) -> Request:
    """What the validation page shows. Raises LinkNotValid when decided or an hour old."""
    credential = _pending(token, now)
    return Request(
        application=credential.application.name,
        description=credential.application.description,
        rules=tuple((rule["method"], rule["path"]) for rule in credential.rules),
        allowed_ips=tuple(credential.allowed_ips),
        redirection=credential.redirection,
    )


def validate(*, actor: Actor, token: Secret, lasts: timedelta | None, now: datetime) -> Request:
    """Grant; `lasts=None` means without end. Raises StepUpNeeded, LinkNotValid."""
    _require_recent(actor, now)
    return _decide(actor, token, "validated", now, expires_at=now + lasts if lasts else None)


def refuse(*, actor: Actor, token: Secret, now: datetime) -> Request:
    """Raises LinkNotValid."""
    return _decide(actor, token, "refused", now, expires_at=None)


def secret_place(application_key: str) -> str:
    """What the seal of an application secret is bound to."""
    return f"ovh-application:{application_key}"


def key_place(key_digest: str) -> str:
    """What the seal of a consumer key is bound to."""
    return f"ovh-credential:{key_digest}"


def _new_application(
    actor: Actor, name: str, description: str, now: datetime
) -> tuple[OvhApplication, NewApplication]:
    if not 1 <= len(name.strip()) <= 80 or not name.strip().isprintable():
        raise Malformed(field="name", why="it must hold between 1 and 80 characters")
    if len(description.strip()) > 300 or not description.strip().isprintable():
        raise Malformed(field="description", why="it must hold at most 300 characters, on one line")
    key, secret = seal.new_key(16).reveal(), seal.new_key(32)
    application = OvhApplication.objects.create(
        key=key,
        sealed_secret=seal.seal(secret.reveal().encode(), secret_place(key)),
        person_id=actor.person_id,
        name=name.strip(),
        description=description.strip(),
        created_at=now,
    )
    audit.write(action="application.create", now=now, actor=actor, person=_person(actor), application=key)
    return application, NewApplication(key, secret)


def _new_credential(
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


def _decide(actor: Actor, token: Secret, status: str, now: datetime, *, expires_at: datetime | None) -> Request:
    request = look(token=token, now=now)
    with transaction.atomic(durable=True):
        credential = _pending(token, now)
        # One conditional UPDATE decides: of two clicks, one finds nothing left to decide (law 8).
        won = OvhCredential.objects.filter(pk=credential.pk, status="pendingValidation").update(
            status=status, person_id=actor.person_id, expires_at=expires_at
        )
        if not won:
            raise LinkNotValid()
        _note(actor, status, credential.application.key, now)
    return request


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


def _note(actor: Actor, status: str, application_key: str, now: datetime) -> None:
    audit.write(
        action=f"consumer_key.{status}",
        now=now,
        actor=actor,
        person=_person(actor),
        application=application_key,
    )


def _person(actor: Actor) -> Person:
    return find.person(actor.person_id)


def _require_recent(actor: Actor, now: datetime) -> None:
    """Keys outlive a session, so granting them wants a recent proof."""
    if not recently_confirmed(actor, now):
        raise StepUpNeeded()


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
