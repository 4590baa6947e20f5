"""Decide a support case. What weighs takes two agents, and “it was not me” can be said before it happens.

Decides and records; the clock carries it out (`carry_out_case`). No agent ever sets or learns a password.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role
from linekey.domain.cases import (
    IN_HAND,
    LONGEST_WORDS,
    OVER,
    CaseEffect,
    CaseKind,
    CaseState,
    CaseStepKind,
    needs_two,
    opposed,
    suffices,
)
from linekey.domain.cases import words as read_words
from linekey.domain.errors import N_, AnotherAgentNeeded, CaseOver, Malformed, NotFound, ProofsMissing
from linekey.records import audit, cases, find
from linekey.records.models import Case, Person
from linekey.usecases import tell_case


def propose(*, actor: Actor, reference: str, effects: Sequence[CaseEffect], now: datetime) -> CaseState:
    """PROPOSED when a second agent must agree, else WAITING.

    Raises NotFound, NotAllowed, NotOnYourself, StepUpNeeded, CaseOver, Malformed, ProofsMissing.
    """
    case, person = _about(actor, reference, now)
    if case.state not in IN_HAND:
        raise CaseOver()
    wanted = [effect for effect in CaseEffect if effect in effects]
    if opposed(wanted, CaseKind(case.kind)):
        raise Malformed(field="effects", why=N_("choose among what this kind of case offers"))
    decided = {"wanted": wanted, "new_email": _new_email(case, person, wanted), "reason": ""}
    with transaction.atomic(durable=True):
        if needs_two(wanted, Role(person.role)):
            cases.move(case, CaseState.PROPOSED, now=now, proposed_by_id=actor.person_id, **decided)
            _write(CaseStepKind.PROPOSED, case, actor, now, effects=" ".join(wanted))
        else:
            _wait(case, person, actor, now, proposed_by_id=actor.person_id, **decided)
        # Behind the move, which holds the row: a colleague may just have taken a proof back.
        _require_ready(case, person, wanted)
    return CaseState(case.state)


def confirm(*, actor: Actor, reference: str, now: datetime) -> CaseState:
    """The second agent agrees, after looking at the same proofs.

    Raises NotFound, NotAllowed, NotOnYourself, StepUpNeeded, CaseOver, AnotherAgentNeeded, ProofsMissing.
    """
    case, person = _about(actor, reference, now)
    if case.state != CaseState.PROPOSED:
        raise CaseOver()
    if case.proposed_by_id == actor.person_id:
        raise AnotherAgentNeeded()
    wanted = [CaseEffect(effect) for effect in case.wanted]
    _require_ready(case, person, wanted)
    if case.new_email != _new_email(case, person, wanted):
        raise ProofsMissing()  # The backup address changed since: it is another decision.
    with transaction.atomic(durable=True):
        _wait(case, person, actor, now)
    return CaseState(case.state)


def send_back(*, actor: Actor, reference: str, words: str, now: datetime) -> None:
    """The second agent disagrees, or the first thought again.

    Raises NotFound, NotAllowed, NotOnYourself, StepUpNeeded, CaseOver, Malformed.
    """
    case, _ = _about(actor, reference, now)
    said = read_words(words, field="words", most=LONGEST_WORDS)
    if case.state != CaseState.PROPOSED:
        raise CaseOver()
    with transaction.atomic(durable=True):
        cases.move(case, CaseState.REVIEW, now=now, wanted=[], new_email="", proposed_by_id=None)
        _write(CaseStepKind.SENT_BACK, case, actor, now, words=said)


def refuse(*, actor: Actor, reference: str, words: str, now: datetime) -> None:
    """Wherever it stands, also while it waits. The applicant is told why; so is the owner who was warned.

    Raises NotFound, NotAllowed, NotOnYourself, StepUpNeeded, CaseOver, Malformed.
    """
    case = _case(actor, reference, now)
    said = read_words(words, field="words", most=LONGEST_WORDS, needed=True)
    if case.state in OVER:
        raise CaseOver()
    warned = case.state == CaseState.WAITING
    with transaction.atomic(durable=True):
        cases.move(case, CaseState.REFUSED, now=now, reason=said)
        _write(CaseStepKind.REFUSED, case, actor, now, words=said)
        if warned and case.person is not None:
            tell_case.owner(case, case.person, "case_stopped", now=now)
        tell_case.applicant(case, "case_refused", now=now)


def _case(actor: Actor, reference: str, now: datetime) -> Case:
    access.require(actor, Action.DECIDE_CASE, owner_id=None, now=now)
    case = cases.found(actor, reference)
    if case.person is not None:
        access.require_over(
            actor, Action.DECIDE_CASE, person_id=case.person.pk, role=Role(case.person.role), now=now
        )
    return case


def _about(actor: Actor, reference: str, now: datetime) -> tuple[Case, Person]:
    """NotFound too while nobody knows whose account it is: such a case can only be refused."""
    case = _case(actor, reference, now)
    if case.person is None:
        raise NotFound()
    return case, case.person


def _require_ready(case: Case, person: Person, wanted: Sequence[CaseEffect]) -> None:
    """The account has what is to be changed, and the proofs are enough. Raises ProofsMissing, Malformed."""
    if not suffices(cases.proofs(case), wanted):
        raise ProofsMissing()
    if not all(cases.possible(case, person, effect) for effect in wanted):
        raise Malformed(field="effects", why=N_("the account or the applicant's address is not ready"))


def _new_email(case: Case, person: Person, wanted: Sequence[CaseEffect]) -> str:
    if CaseEffect.REPLACE_EMAIL in wanted:
        return case.contact
    return person.backup_email if CaseEffect.PROMOTE_BACKUP in wanted else ""


def _wait(case: Case, person: Person, actor: Actor, now: datetime, **decided: object) -> None:
    """Every old and new contact is warned; where the policy has no period, there is nothing to stop."""
    hours = find.policy_of(person.organisation).case_wait_hours
    cases.move(case, CaseState.WAITING, now=now, effective_at=now + timedelta(hours=hours), **decided)
    _write(CaseStepKind.DECIDED, case, actor, now, effects=" ".join(case.wanted), hours=str(hours))
    if hours:
        tell_case.everybody(case, person, "case_decided", now=now, sms=True)


def _write(kind: CaseStepKind, case: Case, actor: Actor, now: datetime, **facts: str) -> None:
    cases.note(case, kind, actor=actor, now=now, **facts)
    told: dict[str, Any] = {name: fact for name, fact in facts.items() if name != "words"}
    audit.write(action=f"case.{kind}", now=now, actor=actor, person=case.person, case=case.reference, **told)
