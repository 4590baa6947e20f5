"""Step-up: a recent proof of the password or of a factor, before a guarded action."""

from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.errors import FlowOver
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows, sessions
from linekey.records.models import Flow, Person
from linekey.usecases import check_owner, prove_factor
from linekey.usecases.prove_factor import Proof
from linekey.vault import seal


def by_password(*, actor: Actor, password: Secret, now: datetime) -> None:
    """Raises WrongPassword, TooManyAttempts; the session ends with the last wrong one."""
    person = find.person(actor.person_id)
    check_owner.require_password(person, password, actor=actor, now=now)
    with transaction.atomic(durable=True):
        check_owner.forgive(actor)
        _confirmed(actor, person, "password", now)


def begin(*, actor: Actor, visitor: Visitor, now: datetime) -> str | None:
    """Reference of a flow which a factor answers; None when the person has no factor."""
    person = find.person(actor.person_id)
    if not prove_factor.ways_of(person):
        return None
    browser = seal.digest(visitor.browser)
    with transaction.atomic(durable=True):
        flow = flows.begin(FlowKind.STEP_UP, FlowState.FACTOR, person=person, browser=browser, now=now)
    return flow.reference


def ask_key(*, actor: Actor, reference: str, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """Options for a security key. Raises FlowOver."""
    return prove_factor.ask_key(own_flow(actor, reference, visitor, now))


def prove(*, actor: Actor, reference: str, proof: Proof, visitor: Visitor, now: datetime) -> None:
    """Raises FlowOver, WrongCode, WrongKey, TooManyAttempts."""
    flow = own_flow(actor, reference, visitor, now)

    def finish(means: Means) -> None:
        flows.move(flow, FlowState.DONE)
        _confirmed(actor, prove_factor.owner(flow), means.value, now)

    prove_factor.prove(flow, proof, visitor=visitor, now=now, finish=finish)


def own_flow(actor: Actor, reference: str, visitor: Visitor, now: datetime) -> Flow:
    """Raises FlowOver: also for the flow which somebody else began in the same browser."""
    browser = seal.digest(visitor.browser)
    flow = flows.current(FlowKind.STEP_UP, reference, browser=browser, now=now)
    if flow.person_id != actor.person_id:
        raise FlowOver()
    return flow


def _confirmed(actor: Actor, person: Person, means: str, now: datetime) -> None:
    if actor.session_id is not None:
        sessions.confirm(actor.session_id, now=now)
    audit.write(action="session.confirm", now=now, actor=actor, person=person, means=means)
