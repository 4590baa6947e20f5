"""Sign in with an identifier and a password (ACC-1), then whatever else the account asks for.

Everything that fails gets one answer after the same work (law 7). Attempts are counted per person, whatever
was typed and wherever from; the owner's own trusted devices are counted apart, so that no stranger can lock
them out (law 10).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from linekey.domain import identifiers, members, tally_keys
from linekey.domain.access import Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import FlowOver, TooManyAttempts, WrongCredentials
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.limits import SENT
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows, outbox, sessions, tallies
from linekey.records.models import Device, Flow, Person
from linekey.usecases import count_attempt, prove_factor
from linekey.usecases.prove_factor import Proof
from linekey.vault import check, seal


@dataclass(frozen=True)
class SignedIn:
    """What the door keeps in the session: which one, whose, and a stamp that dies with the password."""

    session_id: int
    person_id: int
    stamp: str
    language: str


@dataclass(frozen=True)
class ProofWanted:
    """The password was right, and the account asks for more."""

    flow: str
    """Reference of the flow."""


def enter(
    *,
    identifier: str,
    extension: str = "",
    password: Secret,
    visitor: Visitor,
    onward: str = "/",
    now: datetime,
) -> SignedIn | ProofWanted:
    """`onward` is where the person wanted to go.

    Raises WrongCredentials, the same for unknown, disabled, locked and mistyped; TooManyAttempts for what was
    typed or where it comes from, whether or not anybody is behind it.
    """
    typed = identifiers.read(identifier, extension)
    person = find.person_by_identifier(typed)
    device = sessions.known_device(person, seal.digest(visitor.browser))
    attempt = count_attempt.count(typed, person, device, visitor, now=now)
    if attempt.barred is not None:
        raise TooManyAttempts(attempt.barred)
    able = person is not None and _is_open(person, now) and not attempt.locked
    # The hash runs outside any transaction: it takes longer than everything else together.
    if not check.password_matches(password, person.password if able and person else None) or person is None:
        with transaction.atomic(durable=True):
            count_attempt.refuse(attempt, person, visitor, now=now)
        raise WrongCredentials() if attempt.told is None else TooManyAttempts(attempt.told)
    count_attempt.accept(attempt)
    asked = _asked(person, visitor, device, now)
    if asked is FlowState.CODE:
        # Counted with those sent again: whoever has the password must not fill a mailbox.
        tallies.require({tally_keys.sent(FlowKind.SIGN_IN, person.pk): SENT}, now=now)
    with transaction.atomic(durable=True):
        return _onward(person, asked, visitor, device, onward, now)


def _is_open(person: Person, now: datetime) -> bool:
    """Does a password let anybody in? One that somebody else made lasts a day."""
    expired = members.has_expired(person.password_expires_at, now)
    return person.is_active and person.activated_at is not None and not expired


def _asked(person: Person, visitor: Visitor, device: Device | None, now: datetime) -> FlowState | None:
    """What the account asks for beside the password."""
    if prove_factor.ways_of(person):
        return FlowState.FACTOR
    if find.policy_of(person.organisation).sign_in_code == "never" or sessions.is_trusted(device, now):
        return None
    # A browser or a network this person never signed in from (ACC-9).
    usual = device is not None and sessions.knows_network(person, visitor.address)
    return None if usual else FlowState.CODE


def _onward(
    person: Person,
    asked: FlowState | None,
    visitor: Visitor,
    device: Device | None,
    onward: str,
    now: datetime,
) -> SignedIn | ProofWanted:
    if asked is None:
        return opened(person, visitor, method="password", trust=False, device=device, now=now)
    # Whoever changes the password while it is checked ends every flow: none may begin behind their back.
    held = Person.objects.select_for_update(no_key=True).filter(pk=person.pk, password=person.password)
    if not held.values("pk"):
        raise WrongCredentials()
    facts = {"onward": onward, "device": visitor.device, "address": visitor.address}
    browser = seal.digest(visitor.browser)
    flow = flows.begin(FlowKind.SIGN_IN, asked, person=person, browser=browser, now=now, facts=facts)
    if asked is FlowState.CODE:
        prove_factor.promise_code(flow, Means.MAIL, now=now)
    return ProofWanted(flow.reference)


def prove(*, reference: str, proof: Proof, visitor: Visitor, trust: bool, now: datetime) -> SignedIn:
    """The second step. `trust`: ask for no mailed code from this browser again.

    Raises FlowOver, WrongCode, WrongKey, TooManyAttempts.
    """
    flow = _own_flow(reference, visitor, now)
    person = prove_factor.owner(flow)

    def finish(means: Means) -> SignedIn:
        flows.move(flow, FlowState.DONE)
        return opened(person, visitor, method=means.value, trust=trust, now=now)

    return prove_factor.prove(flow, proof, visitor=visitor, now=now, finish=finish)


def ask_key(*, reference: str, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """Options for a security key. Raises FlowOver."""
    return prove_factor.ask_key(_own_flow(reference, visitor, now))


def _own_flow(reference: str, visitor: Visitor, now: datetime) -> Flow:
    """Raises FlowOver: also for the challenge of a passkey, which nobody has begun as anybody."""
    flow = flows.current(FlowKind.SIGN_IN, reference, browser=seal.digest(visitor.browser), now=now)
    if flow.state == FlowState.CHALLENGE:
        raise FlowOver()
    return flow


def opened(
    person: Person, visitor: Visitor, *, method: str, trust: bool, now: datetime, device: Device | None = None
) -> SignedIn:
    """A session of somebody who proved everything; the owner is told by mail (ACC-4). Within a transaction.

    Its stamp is that of `person` as they were read: a password changed since then opens nothing. `device` is
    their known one, where it was read already.
    """
    browser = seal.digest(visitor.browser)
    made = sessions.open_session(person, visitor, browser, method=method, trust=trust, now=now, known=device)
    sessions.note_sign_in(person, now=now)
    facts = {"device": visitor.device, "address": visitor.address}
    audit.write(
        action="session.open", now=now, actor=None, person=person, address=visitor.address, method=method
    )
    notices = [Effect(EffectKind.NOTIFY, message="signed_in", facts=facts)]
    if trust:
        notices.append(Effect(EffectKind.NOTIFY, message="device_trusted", facts=facts))
    outbox.put(notices, plan=uuid4().hex, now=now, person=person)
    return SignedIn(made.pk, person.pk, person.get_session_auth_hash(), person.language)


def leave(*, actor: Actor, now: datetime) -> None:
    """Sign-out leaves a trace; the door ends the browser's session itself."""
    with transaction.atomic(durable=True):
        if actor.session_id is not None:
            sessions.end(actor.session_id, now=now)
        audit.write(action="session.close", now=now, actor=actor, person=find.person(actor.person_id))
