"""Who is behind a signed call of the OVH dialect, and was this call granted?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.domain.access import Actor, Door
from linekey.domain.call_rules import allowed_from, covers
from linekey.domain.errors import (
    BadSignature,
    CallNotGranted,
    CallOutOfTime,
    ConsumerKeyNotValid,
    UnknownApplication,
    UnknownConsumerKey,
)
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import OvhApplication, OvhCredential
from linekey.usecases.authorise_application import key_place
from linekey.usecases.create_application import secret_place
from linekey.vault import check, seal

TOLERANCE = timedelta(minutes=5)
"""How far a call's timestamp may lie from our clock.

A replay within it is one operation.
"""
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedCall:
    """One call as it came over the wire."""

    application_key: str
    consumer_key: Secret
    timestamp: str
    """Unix seconds, as sent."""
    signature: str
    method: str
    urls: Sequence[str]
    """Each full URL the client may have signed: the configured public ones, never the Host header's."""
    path: str
    """Path without version prefix, for the access rules."""
    body: bytes
    address: str


@dataclass(frozen=True)
class Caller:
    actor: Actor
    credential_id: int
    application_id: int


def authenticate(*, call: SignedCall, now: datetime) -> Caller:
    """Raises one of the refusals imported above, in the order the official clients expect them."""
    application = OvhApplication.objects.filter(key=call.application_key, status="active").first()
    if application is None:
        raise UnknownApplication()
    credential = (
        OvhCredential.objects.select_related("person__organisation")
        .filter(application=application, key_digest=seal.digest(call.consumer_key))
        .first()
    )
    if credential is None:
        raise UnknownConsumerKey()
    _require_in_time(call.timestamp, now)
    _require_signature(call, application, credential)
    person = credential.person
    expired = credential.expires_at is not None and credential.expires_at <= now
    if credential.status != "validated" or expired or person is None or not person.is_active:
        raise ConsumerKeyNotValid()
    if not allowed_from(credential.allowed_ips, call.address):
        raise ConsumerKeyNotValid()
    if not call.path.startswith("/auth/") and not covers(credential.rules, call.method, call.path):
        raise CallNotGranted()
    _note_use(credential, now)
    return Caller(find.actor_of(person, door=Door.API), credential.pk, application.pk)


def _note_use(credential: OvhCredential, now: datetime) -> None:
    """To the minute: a program which asks every second must not cost a write each time."""
    if credential.last_use_at is None or now - credential.last_use_at >= USE_NOTED_EVERY:
        OvhCredential.objects.filter(pk=credential.pk).update(last_use_at=now)


def _require_in_time(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise CallOutOfTime()
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise CallOutOfTime()


def _require_signature(call: SignedCall, application: OvhApplication, credential: OvhCredential) -> None:
    for url in call.urls:
        signed = b"+".join([call.method.encode(), url.encode(), call.body, call.timestamp.encode()])
        if check.ovh_signature_matches(
            call.signature,
            sealed_secret=application.sealed_secret,
            secret_place=secret_place(application.key),
            sealed_key=credential.sealed_key,
            key_place=key_place(credential.key_digest),
            signed=signed,
        ):
            return
    raise BadSignature()
