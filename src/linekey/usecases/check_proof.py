"""Does what was typed, or what a key answered, prove that it is this person? Part of `prove_factor`.

Nothing is used up by looking: that happens in `use`, inside the transaction which finishes the flow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from linekey.domain import codes
from linekey.domain.errors import WrongKey
from linekey.domain.factors import Factor as Kind
from linekey.domain.flows import FlowState, Visitor
from linekey.domain.secret import Secret
from linekey.records import audit, find, flows
from linekey.records.models import Factor, Flow, Person, RecoveryCode
from linekey.usecases.tell_contacts import tell
from linekey.vault import check, passkey_answers, passkeys, totp


@dataclass(frozen=True)
class Checked:
    """A proof that holds."""

    person: Person
    use: Callable[[], bool]
    """Uses it up by one conditional UPDATE; False when somebody else just did."""


def check_totp(person: Person, typed: Secret, now: datetime) -> Checked | None:
    """Of any of the person's applications."""
    code = codes.digits(typed)
    for factor in Factor.objects.filter(person=person, kind=Kind.TOTP):
        counter = totp.matching_counter(
            factor.sealed, factor.seal_place, code, after=factor.last_counter, now=now
        )
        if counter is not None:
            older = Q(last_counter=None) | Q(last_counter__lt=counter)
            unused = Factor.objects.filter(older, pk=factor.pk)
            return Checked(person, _once(unused, last_counter=counter, last_used_at=now))
    return None


def check_recovery_code(person: Person, typed: Secret, visitor: Visitor, now: datetime) -> Checked | None:
    """Of the sheet that was proven. One hash, whether or not anything bears this label."""
    written = codes.recovery(typed)
    row = find.live_codes(person).filter(label=codes.label(written)).first()
    if not check.password_matches(written, row.encoded if row else None) or row is None:
        return None

    def use() -> bool:
        if not RecoveryCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
            return False
        audit.write(action="factor.code_used", now=now, actor=None, person=person, address=visitor.address)
        facts = {"left": str(codes_left(person)), "address": visitor.address}
        tell(person, "recovery_code_used", facts, now=now)
        return True

    return Checked(person, use)


def codes_left(person: Person) -> int:
    """Recovery codes that still open something."""
    return find.count_live_codes(person)


def check_sent_code(flow: Flow, person: Person, typed: Secret, now: datetime) -> Checked | None:
    """The code that was sent last. A newer one asked for meanwhile wins over it."""
    alive = bool(flow.code) and flow.code_expires_at is not None and now < flow.code_expires_at
    if not check.password_matches(Secret(codes.digits(typed)), flow.code if alive else None):
        return None
    newest = Flow.objects.filter(pk=flow.pk, code=flow.code)
    return Checked(person, _once(newest, code=""))


def check_key(flow: Flow, response: Mapping[str, Any], visitor: Visitor, now: datetime) -> Checked | None:
    """A key of whoever is behind the flow; a passkey of anybody, where the flow asks who it is.

    Raises WrongKey, FlowOver when the challenge was answered already.
    """
    if not flow.challenge:
        raise WrongKey()  # An earlier answer took it: the next one needs a challenge of its own.
    challenge = flows.take_challenge(flow)
    alone = flow.state == FlowState.CHALLENGE
    keys = Factor.objects.select_related("person__organisation").filter(kind=Kind.KEY, person__is_active=True)
    mine = keys.filter(passkey=True) if alone else keys.filter(person=flow.person)
    factor = mine.filter(credential_digest=passkeys.digest_of(response)).first()
    if factor is None:
        return None
    found = passkey_answers.check_assertion(
        response,
        challenge=challenge,
        public_key=factor.public_key,
        sign_count=factor.sign_count,
        handle=passkeys.handle_of(factor.person_id),
        alone=alone,
    )
    if found is None:
        return None
    if found.copied:
        _warn_of_copy(factor, visitor, now)
        return None
    earlier = Q(sign_count__lt=found.sign_count) | Q(sign_count=0)
    unchanged = Factor.objects.filter(earlier, pk=factor.pk)
    return Checked(factor.person, _once(unchanged, sign_count=found.sign_count, last_used_at=now))


def _once(rows: QuerySet[Any], **changes: Any) -> Callable[[], bool]:
    return lambda: bool(rows.update(**changes))


def _warn_of_copy(factor: Factor, visitor: Visitor, now: datetime) -> None:
    with transaction.atomic(durable=True):
        audit.write(
            action="factor.cloned",
            now=now,
            actor=None,
            person=factor.person,
            label=factor.name,
            address=visitor.address,
        )
