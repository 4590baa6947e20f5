"""Carry out what support decided once the waiting period is over; end cases nobody answers. By the clock.

All or nothing in one transaction: an account is never left half changed. No password is set or sent, and
nobody is signed in: the owner gets the same link as everybody who lost a password.
"""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from linekey.domain.cases import LAPSES, CaseEffect, CaseState, CaseStepKind, Failure
from linekey.domain.contacts import masked
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import CaseOver
from linekey.records import audit, cases, outbox, tallies
from linekey.records.models import Case, Factor, Person, RecoveryCode
from linekey.usecases import tell_case
from linekey.usecases.end_access import end_access


class _Changed(Exception):
    """The account is no longer as it was when the decision was made."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why)
        self.why = why


def carry_out_due(*, now: datetime) -> int:
    """How many cases were ended. Several workers may do the same: each case ends once."""
    ended = 0
    for case in _waiting(CaseState.WAITING).filter(effective_at__lte=now):
        try:
            ended += _carry_out(case, now)
        except _Changed as changed:
            ended += _fail(case, changed.why, now)
        except IntegrityError:
            ended += _fail(case, Failure.ADDRESS_TAKEN, now)
    for case in _waiting(CaseState.ASKING).filter(changed_at__lte=now - LAPSES):
        ended += _lapse(case, now)
    return ended


def _waiting(state: CaseState) -> QuerySet[Case]:
    return Case.objects.select_related("person__organisation").filter(state=state).order_by("id")


def _carry_out(case: Case, now: datetime) -> bool:
    """Raises _Changed, IntegrityError."""
    with transaction.atomic(durable=True):
        if case.person_id is None or not _moved(case, CaseState.DONE, now):
            return False
        person = Person.objects.select_for_update(no_key=True).get(pk=case.person_id)
        former = person.email
        for effect in case.wanted:
            _APPLY[CaseEffect(effect)](case, person, now)
        person.save(update_fields=_COLUMNS)
        end_access(person, keep=None, now=now)
        # What strangers used up of the owner's links must not swallow the one that is promised here.
        tallies.forgive(f"asked:person:{person.pk}")
        cases.note(case, CaseStepKind.DONE, actor=None, now=now)
        audit.write(
            action="case.done",
            now=now,
            actor=None,
            person=person,
            case=case.reference,
            effects=" ".join(case.wanted),
            shown=masked(case.new_email),
        )
        tell_case.everybody(case, person, "case_done", now=now, former=[former])
        typed = {"identifier": person.customer_id, "extension": ""}
        link = Effect(EffectKind.RECOVER, message="reset_password", facts=typed)
        outbox.put([link], plan=uuid4().hex, now=now)
    return True


def _replace_email(case: Case, person: Person, now: datetime) -> None:
    if person.backup_email == case.new_email:
        _demand_backup(person)
    person.email, person.email_verified_at = case.new_email, case.contact_verified_at


def _promote_backup(case: Case, person: Person, now: datetime) -> None:
    if person.backup_email != case.new_email or person.backup_verified_at is None:
        raise _Changed(Failure.BACKUP_CHANGED)
    person.email, person.email_verified_at = person.backup_email, person.backup_verified_at
    _demand_backup(person)


def _demand_backup(person: Person) -> None:
    person.backup_email, person.backup_verified_at, person.needs_backup = "", None, True


def _factor_off(case: Case, person: Person, now: datetime) -> None:
    Factor.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()


def _clear_question(case: Case, person: Person, now: datetime) -> None:
    person.question, person.answer = "", ""


_APPLY = {
    CaseEffect.REPLACE_EMAIL: _replace_email,
    CaseEffect.PROMOTE_BACKUP: _promote_backup,
    CaseEffect.FACTOR_OFF: _factor_off,
    CaseEffect.CLEAR_QUESTION: _clear_question,
}
_COLUMNS = [
    "email",
    "email_verified_at",
    "backup_email",
    "backup_verified_at",
    "needs_backup",
    "question",
    "answer",
]


def _fail(case: Case, why: Failure, now: datetime) -> bool:
    """Nothing was changed; the applicant and the owner know."""
    with transaction.atomic(durable=True):
        case.state = CaseState.WAITING
        if case.person is None or not _moved(case, CaseState.REFUSED, now):
            return False
        cases.note(case, CaseStepKind.FAILED, actor=None, now=now, why=why.value)
        audit.write(
            action="case.failed", now=now, actor=None, person=case.person, case=case.reference, why=why.value
        )
        tell_case.owner(case, case.person, "case_stopped", now=now)
        tell_case.applicant(case, "case_refused", now=now)
    return True


def _lapse(case: Case, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        if not _moved(case, CaseState.WITHDRAWN, now):
            return False
        cases.note(case, CaseStepKind.LAPSED, actor=None, now=now)
        audit.write(action="case.lapsed", now=now, actor=None, person=case.person, case=case.reference)
    return True


def _moved(case: Case, to: CaseState, now: datetime) -> bool:
    """False when somebody stopped it, or another worker ended it, this very moment."""
    try:
        cases.move(case, to, now=now)
    except CaseOver:
        return False
    return True
