"""Answer a flow with a second factor, a sent code or a recovery code. Shared by sign-in, step-up, recovery.

An answer is counted before it is checked, checked outside any transaction, and used up inside the one that
finishes the flow: of fifty who give the same code at once, one gets through.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import FlowOver, NoSms, WrongCode, WrongKey
from linekey.domain.factors import Factor as Kind
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.limits import SECOND_FACTOR, SENT
from linekey.domain.secret import Secret
from linekey.records import audit, flows, outbox, sessions, tallies
from linekey.records.find import texts
from linekey.records.models import Factor, Flow, Person
from linekey.usecases.check_proof import (
    Checked,
    check_key,
    check_recovery_code,
    check_sent_code,
    check_totp,
    codes_left,
)
from linekey.usecases.look_at_flow import FlowPage, look, means_of, owner, ways_of
from linekey.vault import passkeys, seal

__all__ = [
    "FlowPage",
    "KeyAnswer",
    "Proof",
    "TypedCode",
    "ask_key",
    "codes_left",
    "look",
    "means_of",
    "owner",
    "promise_code",
    "prove",
    "send_code",
    "texts",
    "ways_of",
]

T = TypeVar("T")


@dataclass(frozen=True)
class TypedCode:
    means: Means
    typed: Secret


@dataclass(frozen=True)
class KeyAnswer:
    """What `navigator.credentials.get()` gave, as JSON (WebAuthn level 3, 5.1.8)."""

    response: Mapping[str, Any]


Proof = TypedCode | KeyAnswer


def prove(flow: Flow, proof: Proof, *, visitor: Visitor, now: datetime, finish: Callable[[Means], T]) -> T:
    """`finish` runs in the transaction which uses the proof up; `flow.person` is then who proved it.

    Raises FlowOver, WrongCode, WrongKey, TooManyAttempts, and what `finish` raises: then nothing is used up.
    """
    means = proof.means if isinstance(proof, TypedCode) else Means.KEY
    if means not in means_of(flow):
        raise FlowOver()
    left = flows.count_try(flow)
    if isinstance(proof, KeyAnswer):
        checked = check_key(flow, proof.response, visitor, now)
    else:
        checked = _check_typed(flow, proof, visitor, now)
    if checked is not None:
        with transaction.atomic(durable=True):
            # The person first, as where factors and passwords change: another order could end in a deadlock.
            Person.objects.select_for_update(no_key=True).get(pk=checked.person.pk)
            if checked.use():
                flow.person = checked.person
                tallies.forgive(_tally(flow, visitor))
                return finish(means)
    _refused(flow, means, left, visitor, now)
    raise WrongKey() if means is Means.KEY else WrongCode(left=left)


def _check_typed(flow: Flow, proof: TypedCode, visitor: Visitor, now: datetime) -> Checked | None:
    person = owner(flow)
    # Only who knew the password comes here, and each of the owner's own browsers is counted apart: a stranger
    # cannot use up the owner's tries. Keys cannot be guessed, and are not counted at all.
    tallies.require({_tally(flow, visitor): SECOND_FACTOR}, now=now)
    if proof.means is Means.TOTP:
        return check_totp(person, proof.typed, now)
    if proof.means is Means.RECOVERY_CODE:
        return check_recovery_code(person, proof.typed, visitor, now)
    return check_sent_code(flow, person, proof.typed, now)


def _tally(flow: Flow, visitor: Visitor) -> str:
    device = sessions.known_device(flow.person, seal.digest(visitor.browser))
    return tally_keys.factor(flow.kind, flow.person_id or 0, device.pk if device else None)


def _refused(flow: Flow, means: Means, left: int, visitor: Visitor, now: datetime) -> None:
    """Written down; the last try ends the flow, so that no page asks for another."""
    with transaction.atomic(durable=True):
        if not left:
            flows.end(flow)
        audit.write(
            action="factor.refused",
            now=now,
            actor=None,
            person=flow.person,
            means=means.value,
            flow=flow.kind,
            address=visitor.address,
        )


def ask_key(flow: Flow) -> dict[str, Any]:
    """Options for `navigator.credentials.get()`, with a challenge of this moment; the one before is dead.

    Raises FlowOver where no key is taken.
    """
    if Means.KEY not in means_of(flow):
        raise FlowOver()
    flow.challenge = passkeys.new_challenge()
    Flow.objects.filter(pk=flow.pk).update(challenge=flow.challenge)
    keys = Factor.objects.filter(person=flow.person, kind=Kind.KEY)
    return passkeys.request_options(
        flow.challenge,
        allow=[(key.credential_id, key.transports) for key in keys],
        alone=flow.state == FlowState.CHALLENGE,
    )


def send_code(*, kind: FlowKind, reference: str, means: Means, visitor: Visitor, now: datetime) -> None:
    """Again, or by another way; the code before is dead. Raises FlowOver, NoSms, TooManyAttempts."""
    flow = flows.current(kind, reference, browser=seal.digest(visitor.browser), now=now)
    if flow.state != FlowState.CODE:
        raise FlowOver()
    if means not in means_of(flow):
        raise NoSms()
    tallies.require({tally_keys.sent(flow.kind, flow.person_id or 0): SENT}, now=now)
    with transaction.atomic(durable=True):
        promise_code(flow, means, now=now)


def promise_code(flow: Flow, means: Means, *, now: datetime) -> None:
    """The worker draws and sends it, so that it lies nowhere in clear; the one before is dead at once.

    Within a transaction. Raises FlowOver when the flow was finished meanwhile.
    """
    flow.facts = {**flow.facts, "means": means.value}
    waiting = Flow.objects.filter(pk=flow.pk, state=FlowState.CODE)
    if not waiting.update(code="", facts=flow.facts):
        raise FlowOver()
    message = "contact_code" if flow.kind == FlowKind.CONTACT else "sign_in_code"
    code = Effect(EffectKind.CODE, message=message, facts={"flow": flow.reference, "means": means.value})
    outbox.put([code], plan=uuid4().hex, now=now, person=flow.person)
