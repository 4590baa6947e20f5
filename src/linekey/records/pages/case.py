"""One support case as agents see it, with its checklist. Never a token, nor a code."""

from dataclasses import dataclass
from datetime import date, datetime

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role
from linekey.domain.cases import (
    CALL_TRIES,
    IN_HAND,
    KEPT,
    OFFERED,
    OVER,
    CaseEffect,
    CaseKind,
    CaseState,
    CaseStepKind,
    Failure,
    Proof,
    needs_two,
    suffices,
)
from linekey.domain.contacts import masked
from linekey.domain.errors import Refusal
from linekey.records import cases as rows
from linekey.records import find
from linekey.records.models import Case, CaseStep, Factor, Person
from linekey.records.pages.cases import CaseRow, row_of


@dataclass(frozen=True)
class CaseAccount:
    """What we know, beside what the applicant claims."""

    customer_id: str
    full_name: str
    role: Role
    organisation: str
    email: str
    backup_email: str
    backup_verified: bool
    phone: str
    """Masked: a call-back is sent by us, and needs no number on a screen."""
    phone_verified: bool
    has_extension: bool
    factors: int
    recovery_codes: int
    has_question: bool
    active: bool
    birth_date: date | None


@dataclass(frozen=True)
class DocumentRow:
    uid: str
    number: int
    media_type: str
    size: int
    sent_at: datetime
    read_by_me: bool


@dataclass(frozen=True)
class ProofLine:
    proof: Proof
    possible: bool
    holds: bool | None
    """None: not checked yet."""
    at: datetime | None
    by: str
    note: str


@dataclass(frozen=True)
class EffectChoice:
    effect: CaseEffect
    suffices: bool
    """The proofs checked so far are enough for it, alone."""
    possible: bool
    """The account has what it changes, and the applicant's mailbox answered where it must."""


@dataclass(frozen=True)
class StepRow:
    kind: CaseStepKind
    by: str
    """Empty for the applicant, the owner and the clock."""
    facts: dict[str, str]
    at: datetime


@dataclass(frozen=True)
class CasePage:
    row: CaseRow
    contact: str
    contact_confirmed: bool
    phone: str
    """Claimed."""
    extension: str
    story: str
    address: str
    language: str
    wanted: str
    """What was asked for, or why it was refused."""
    failure: Failure | None
    account: CaseAccount | None
    documents: tuple[DocumentRow, ...]
    purge_at: datetime | None
    purged_at: datetime | None
    checklist: tuple[ProofLine, ...]
    choices: tuple[EffectChoice, ...]
    proposed: tuple[CaseEffect, ...]
    proposed_by: str
    new_email: str
    effective_at: datetime | None
    code_sent: bool
    """A code is on its way or on the phone; it may have expired."""
    code_tries_left: int
    may_work: bool
    may_propose: bool
    may_confirm: bool
    may_refuse: bool
    two_agents: bool
    """What is proposed wants a second agent."""
    wait_hours: int
    steps: tuple[StepRow, ...]


def case(actor: Actor, reference: str, *, now: datetime) -> CasePage:
    """Raises NotFound, NotAllowed."""
    access.require(actor, Action.WORK_CASES, owner_id=None, now=now)
    found = rows.found(actor, reference)
    steps = list(found.steps.select_related("agent").order_by("id"))
    documents = _documents(found, steps, actor)
    state, person = CaseState(found.state), found.person
    mine = found.proposed_by_id == actor.person_id
    over = _may(actor, Action.WORK_CASES, person, now)
    role = Role(person.role) if person else Role.SUBSCRIBER
    proposed = tuple(CaseEffect(effect) for effect in found.wanted)
    held = frozenset(proof for proof, step in rows.checked(steps).items() if step.facts["holds"] == "yes")
    return CasePage(
        row=row_of(found, actor, len(documents)),
        contact=found.contact,
        contact_confirmed=found.contact_verified_at is not None,
        phone=found.phone,
        extension=found.extension,
        story=found.story,
        address=found.address,
        language=found.language,
        wanted=found.reason,
        failure=rows.failure(steps),
        account=_account(person) if person else None,
        documents=documents,
        purge_at=found.ended_at + KEPT if found.ended_at and not found.purged_at else None,
        purged_at=found.purged_at,
        checklist=_checklist(found, steps, bool(documents)),
        choices=_choices(found, held),
        proposed=proposed,
        proposed_by=found.proposed_by.full_name if found.proposed_by else "",
        new_email=found.new_email,
        effective_at=found.effective_at,
        code_sent=bool(found.call_code),
        code_tries_left=CALL_TRIES - found.call_tries,
        may_work=over and state in IN_HAND,
        may_propose=over and state in IN_HAND and person is not None,
        may_confirm=over and state is CaseState.PROPOSED and not mine,
        may_refuse=over and state not in OVER,
        two_agents=bool(proposed) and needs_two(proposed, role),
        wait_hours=find.policy_of(person.organisation).case_wait_hours if person else 0,
        steps=tuple(
            StepRow(CaseStepKind(step.kind), step.agent.full_name if step.agent else "", step.facts, step.at)
            for step in steps
        ),
    )


def _may(actor: Actor, action: Action, person: Person | None, now: datetime) -> bool:
    """Not on oneself, nor on somebody above."""
    if person is None:
        return True
    try:
        access.require_over(actor, action, person_id=person.pk, role=Role(person.role), now=now)
    except Refusal:
        return False
    return True


def _account(person: Person) -> CaseAccount:
    return CaseAccount(
        customer_id=person.customer_id,
        full_name=person.full_name,
        role=Role(person.role),
        organisation=person.organisation.name,
        email=person.shown_email,
        backup_email=person.backup_email,
        backup_verified=person.backup_verified_at is not None,
        phone=masked(person.phone),
        phone_verified=person.phone_verified_at is not None,
        has_extension=bool(person.extension),
        factors=Factor.objects.filter(person=person).count(),
        recovery_codes=find.live_codes(person).count(),
        has_question=bool(person.answer),
        active=person.is_active,
        birth_date=person.birth_date,
    )


def _documents(case: Case, steps: list[CaseStep], actor: Actor) -> tuple[DocumentRow, ...]:
    read = {
        step.facts["document"]
        for step in steps
        if step.kind == CaseStepKind.READ and step.agent_id == actor.person_id
    }
    # The sealed bytes stay where they are: a page of a case needs none of them.
    sent = case.documents.defer("sealed").order_by("id")
    return tuple(
        DocumentRow(row.uid, number, row.media_type, row.size, row.sent_at, row.uid in read)
        for number, row in enumerate(sent, 1)
    )


def _checklist(case: Case, steps: list[CaseStep], documents: bool) -> tuple[ProofLine, ...]:
    last, person = rows.checked(steps), case.person
    possible = {
        Proof.CALL_BACK: person is not None and rows.can_call_back(person),
        Proof.RECOVERY_CODE: person is not None and find.live_codes(person).exists(),
        Proof.DOCUMENTS: person is not None and documents and case.purged_at is None,
        Proof.EXTENSION: person is not None and bool(person.extension and case.extension),
    }
    return tuple(_line(proof, possible[proof], last.get(proof)) for proof in Proof)


def _line(proof: Proof, possible: bool, step: CaseStep | None) -> ProofLine:
    if step is None:
        return ProofLine(proof, possible, None, None, "", "")
    by = step.agent.full_name if step.agent else ""
    return ProofLine(proof, possible, step.facts["holds"] == "yes", step.at, by, step.facts.get("note", ""))


def _choices(case: Case, held: frozenset[Proof]) -> tuple[EffectChoice, ...]:
    person = case.person
    return tuple(
        EffectChoice(
            effect,
            suffices=suffices(held, [effect]),
            possible=person is not None and rows.possible(case, person, effect),
        )
        for effect in OFFERED[CaseKind(case.kind)]
    )
