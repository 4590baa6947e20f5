"""Count an attempt to prove by a password who one is, before it is made (laws 7 and 10).

Three counts at once: the person, whatever was typed; what was typed, whoever is behind it; where it comes
from. The first is the lock. It is told of the second alone, which nothing that its owner does ever changes:
nobody can read in it whether there is one. Browsers the owner signed in from, which fall with password and
factors, are counted apart: no stranger shuts those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.flows import Visitor
from linekey.domain.identifiers import Identifier
from linekey.domain.limits import GLOBAL, NETWORK, Limit
from linekey.domain.networks import network_of
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox, tallies
from linekey.records.models import Device, Person
from linekey.vault import seal


@dataclass(frozen=True)
class Attempt:
    barred: datetime | None
    """Until then nothing is accepted from this network, or from anybody: the attempt is not even made."""
    locked: bool
    """Whatever is typed is wrong: too much was, for this person."""
    told: datetime | None
    """Until then what was typed is shut, whether or not anybody is behind it."""
    locks: datetime | None
    """It is the last one: when it fails, the account is locked until then, and the owner is told."""
    forgiven: tuple[str, ...]
    """Tallies which a right password empties."""
    given_back: tuple[str, ...]
    """Tallies which a right password leaves as they were before it."""


def count(
    typed: Identifier,
    person: Person | None,
    device: Device | None,
    visitor: Visitor,
    *,
    now: datetime,
) -> Attempt:
    """`person` is whom `typed` means, `device` their known one. The same work with and without them."""
    digest = seal.digest(Secret(typed.key))
    spelled = tally_keys.typed(digest)
    limits: Mapping[str, Limit]
    if person is not None and device is not None:
        spelled = whose = tally_keys.person(person.pk, device.pk)
        gates: tuple[str, ...] = ()
        limits = {whose: Limit(find.policy_of(person.organisation).lock_after)}
    else:
        operators = find.operators_policy()
        policy = find.policy_of(person.organisation) if person else operators
        # What is typed in vain is counted as if somebody were behind it.
        whose = tally_keys.person(person.pk) if person else tally_keys.nobody(digest)
        gates = (tally_keys.network(network_of(visitor.address)), tally_keys.EVERYBODY)
        limits = {
            whose: Limit(policy.lock_after),
            spelled: Limit(operators.lock_after),
            **dict(zip(gates, (NETWORK, GLOBAL), strict=True)),
        }
    taken = tallies.attempt(limits, gates=gates, now=now)
    return Attempt(
        barred=max((taken.shut[gate] for gate in gates if gate in taken.shut), default=None),
        locked=whose in taken.shut,
        told=taken.shut.get(spelled),
        locks=taken.filled.get(whose) if gates else None,
        forgiven=(whose,),
        given_back=tuple(key for key in limits if key != whose and key not in taken.shut),
    )


def refuse(attempt: Attempt, person: Person | None, visitor: Visitor, *, now: datetime) -> None:
    """Write the failure down; whoever it locks is told by mail, once. Within a transaction.

    Each attempt does the work of the one that locks, and undoes it: else that one took longer, and told a
    stranger who tries two spellings that they mean one account.
    """
    audit.write(action="session.refused", now=now, actor=None, person=person, address=visitor.address)
    with transaction.atomic():
        facts = {"until": (attempt.locks or now).isoformat(), "address": visitor.address}
        notice = Effect(EffectKind.NOTIFY, message="account_locked", facts=facts)
        audit.write(action="person.locked", now=now, actor=None, person=person, address=visitor.address)
        outbox.put([notice], plan=uuid4().hex, now=now, person=person)
        transaction.set_rollback(attempt.locks is None)


def accept(attempt: Attempt) -> None:
    """It was the right password.

    Outside any transaction: everybody's count must not be held while one of them is let in.
    """
    tallies.settle(forgiven=attempt.forgiven, given_back=attempt.given_back)
