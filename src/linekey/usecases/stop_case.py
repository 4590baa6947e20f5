"""“It was not me”: whoever is reached through the account stops a decision before it takes effect.

Looking consumes nothing: mail scanners follow links. Nobody has to sign in, who may have been shut out.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain.cases import CaseEffect, CaseLink, CaseState, CaseStepKind
from linekey.domain.contacts import masked
from linekey.domain.errors import LinkNotValid
from linekey.domain.flows import Visitor
from linekey.domain.secret import Secret
from linekey.records import audit, cases
from linekey.records.models import Case, CaseAccess, Person
from linekey.usecases import tell_case
from linekey.vault import seal


@dataclass(frozen=True)
class StoppableCase:
    reference: str
    state: CaseState
    customer_id: str
    effects: tuple[CaseEffect, ...]
    new_email: str
    """Masked; empty when the main address stays."""
    effective_at: datetime
    may_stop: bool


def look(*, token: Secret, now: datetime) -> StoppableCase:
    """Raises LinkNotValid."""
    case, person, _ = _found(token, now)
    if case.effective_at is None:
        raise LinkNotValid()
    return StoppableCase(
        reference=case.reference,
        state=CaseState(case.state),
        customer_id=person.customer_id,
        effects=tuple(CaseEffect(effect) for effect in case.wanted),
        new_email=masked(case.new_email),
        effective_at=case.effective_at,
        may_stop=case.state == CaseState.WAITING,
    )


def stop(*, token: Secret, visitor: Visitor, now: datetime) -> None:
    """The account stays as it is, and everybody is told. Raises LinkNotValid, CaseOver."""
    case, person, link = _found(token, now)
    with transaction.atomic(durable=True):
        cases.move(case, CaseState.STOPPED, now=now)
        cases.note(
            case, CaseStepKind.STOPPED, actor=None, now=now, sent_to=link.sent_to, address=visitor.address
        )
        audit.write(
            action="case.stopped",
            now=now,
            actor=None,
            person=person,
            case=case.reference,
            address=visitor.address,
        )
        tell_case.everybody(case, person, "case_stopped", now=now)


def _found(token: Secret, now: datetime) -> tuple[Case, Person, CaseAccess]:
    case, link = cases.by_link(seal.digest(token), CaseLink.STOP, now=now)
    if case.person is None:
        raise LinkNotValid()
    return case, case.person, link
