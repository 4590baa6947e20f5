"""Add a second factor: an authenticator application, a security key or a passkey (ACC-2, NEW-8).

It is kept once it has worked, not before: a seed that nobody scanned shuts nobody out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain import codes
from linekey.domain.access import Actor, require_owner
from linekey.domain.errors import FlowOver, WrongCode, WrongKey
from linekey.domain.factors import Factor as Kind
from linekey.domain.factors import named
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.secret import Secret
from linekey.records import find, flows
from linekey.records.models import Factor, Flow, Person
from linekey.usecases.check_proof import codes_left
from linekey.usecases.keep_factor import keep, require_room, unkept
from linekey.vault import passkey_answers, passkeys, seal, totp


@dataclass(frozen=True)
class TotpOffer:
    flow: str
    """Reference of the flow."""
    seed: Secret
    """Base32, to be typed where nothing can be scanned."""
    uri: Secret
    """The same, as a QR code holds it."""


@dataclass(frozen=True)
class KeyOffer:
    flow: str
    options: dict[str, Any]
    """For `navigator.credentials.create()`."""


@dataclass(frozen=True)
class Enrolled:
    codes_wanted: bool
    """There is no recovery code for the day this factor is lost."""


def begin_totp(*, actor: Actor, name: str, visitor: Visitor, now: datetime) -> TotpOffer:
    """Raises NotAllowed, StepUpNeeded, TooManyThings."""
    require_owner(actor, now)
    require_room(actor)
    with transaction.atomic(durable=True):
        flow = _begin(find.person(actor.person_id), Kind.TOTP, visitor, now, name=name)
        flow.sealed = seal.seal(totp.new_seed().reveal().encode(), flow.seal_place)
        flow.save(update_fields=["sealed"])
    return _offer(flow, actor)


def look_totp(*, actor: Actor, reference: str, visitor: Visitor, now: datetime) -> TotpOffer:
    """The same seed again, until it is enrolled. Raises NotAllowed, StepUpNeeded, FlowOver."""
    return _offer(_own_flow(actor, Kind.TOTP, reference, visitor, now), actor)


def confirm_totp(*, actor: Actor, reference: str, code: Secret, visitor: Visitor, now: datetime) -> Enrolled:
    """The first good code enrols the application, and opens nothing any more.

    Raises NotAllowed, StepUpNeeded, FlowOver, WrongCode, TooManyThings.
    """
    flow = _own_flow(actor, Kind.TOTP, reference, visitor, now)
    left = flows.count_try(flow)
    counter = totp.matching_counter(flow.sealed, flow.seal_place, codes.digits(code), after=None, now=now)
    if counter is None:
        if not left:
            flows.end(flow)
        raise WrongCode(left=left)
    factor = unkept(actor, Kind.TOTP, flow.facts["name"], now, last_counter=counter)
    factor.sealed = totp.enrolled(flow.sealed, flow.seal_place, to=factor.seal_place)
    keep(actor, flow, factor, now)
    return _enrolled(factor)


def begin_key(*, actor: Actor, visitor: Visitor, now: datetime) -> KeyOffer:
    """Raises NotAllowed, StepUpNeeded, TooManyThings."""
    require_owner(actor, now)
    require_room(actor)
    person = find.person(actor.person_id)
    with transaction.atomic(durable=True):
        flow = _begin(person, Kind.KEY, visitor, now, challenge=passkeys.new_challenge())
    keys = Factor.objects.filter(person=person, kind=Kind.KEY)
    options = passkeys.creation_options(
        flow.challenge,
        handle=passkeys.handle_of(person.pk),
        account=person.customer_id,
        name=person.full_name,
        registered=[(key.credential_id, key.transports) for key in keys],
    )
    return KeyOffer(flow.reference, options)


def confirm_key(
    *, actor: Actor, reference: str, response: Mapping[str, Any], name: str, visitor: Visitor, now: datetime
) -> Enrolled:
    """`response` is what `navigator.credentials.create()` gave, as JSON. A flow takes one answer.

    Raises NotAllowed, StepUpNeeded, FlowOver, WrongKey (also for a key which is registered already, whosever
    it is), TooManyThings.
    """
    flow = _own_flow(actor, Kind.KEY, reference, visitor, now)
    found = passkey_answers.check_creation(response, challenge=flows.take_challenge(flow))
    if found is None:
        raise WrongKey()
    factor = unkept(
        actor,
        Kind.KEY,
        name,
        now,
        credential_id=found.credential_id,
        credential_digest=passkeys.credential_digest(found.credential_id),
        public_key=found.public_key,
        sign_count=found.sign_count,
        transports=list(found.transports),
        passkey=found.passkey,
    )
    keep(actor, flow, factor, now)
    return _enrolled(factor)


def _begin(
    person: Person, kind: Kind, visitor: Visitor, now: datetime, *, name: str = "", challenge: str = ""
) -> Flow:
    return flows.begin(
        FlowKind.ENROLMENT,
        FlowState.PROOF,
        person=person,
        browser=seal.digest(visitor.browser),
        now=now,
        facts={"factor": kind.value, "name": named(name, "")},
        challenge=challenge,
    )


def _offer(flow: Flow, actor: Actor) -> TotpOffer:
    seed = totp.pending_seed(flow.sealed, flow.seal_place)
    return TotpOffer(flow.reference, seed, totp.provisioning_uri(seed, account=actor.customer_id))


def _own_flow(actor: Actor, kind: Kind, reference: str, visitor: Visitor, now: datetime) -> Flow:
    """Raises FlowOver: also for what somebody else began in this browser, or for a factor of another kind."""
    require_owner(actor, now)
    browser = seal.digest(visitor.browser)
    flow = flows.current(FlowKind.ENROLMENT, reference, browser=browser, now=now)
    if flow.person_id != actor.person_id or flow.facts["factor"] != kind:
        raise FlowOver()
    return flow


def _enrolled(factor: Factor) -> Enrolled:
    return Enrolled(codes_wanted=not codes_left(factor.person))
