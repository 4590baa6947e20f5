"""Work on a support case: find the account, check the proofs one by one, ask the applicant for more.

Every proof is checked against what we know, never against what the form claims. Nobody works on a case about
themselves, or about somebody above them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from linekey.domain import access, codes
from linekey.domain.access import Action, Actor, Role
from linekey.domain.cases import (
    CALL_TRIES,
    IN_HAND,
    LONGEST_WORDS,
    CaseState,
    CaseStepKind,
    Proof,
)
from linekey.domain.cases import words as read_words
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import N_, CaseOver, Malformed, NoSms, NotFound, WrongCode
from linekey.domain.flows import Visitor
from linekey.domain.limits import SECOND_FACTOR, SENT
from linekey.domain.secret import Secret
from linekey.records import audit, cases, outbox, tallies
from linekey.records.find import texts
from linekey.records.models import Case, CaseStep, Person
from linekey.usecases import tell_case
from linekey.usecases.check_proof import check_recovery_code as check_sheet
from linekey.vault import check

LONGEST_ID = 20


def attach(*, actor: Actor, reference: str, customer_id: str, now: datetime) -> None:
    """Name the account when the identifier was mistyped. What was proven before no longer counts.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver.
    """
    case = _case(actor, reference, now)
    wanted = customer_id.strip().lower()
    if "\0" in wanted or len(wanted) > LONGEST_ID:
        raise NotFound()
    people = Person.objects.select_related("organisation").filter(customer_id=wanted)
    person = people.filter(organisation__path__startswith=actor.path).first()
    if person is None:
        raise NotFound()
    _require_over(actor, person, now)
    with transaction.atomic(durable=True):
        _taken_up(case, now, person=person, call_code="", call_tries=0)
        cases.note(case, CaseStepKind.ATTACHED, actor=actor, now=now, customer_id=person.customer_id)
        _audit("case.attached", case, actor, now)


def send_code(*, actor: Actor, reference: str, now: datetime) -> None:
    """To the verified number of the account, never to the one the form claims; the code before is dead.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver, NoSms, TooManyAttempts.
    """
    case, person = _about(actor, reference, now)
    if not texts(person):
        raise NoSms()
    tallies.require({f"sent:case:{person.pk}": SENT}, now=now)
    with transaction.atomic(durable=True):
        _taken_up(case, now, call_code="", call_tries=0)
        cases.note(case, CaseStepKind.CODE_SENT, actor=actor, now=now)
        _audit("case.code_sent", case, actor, now)
        code = Effect(EffectKind.CALL_BACK, message="case_call_back", facts={"case": case.reference})
        outbox.put([code], plan=uuid4().hex, now=now, person=person)


def check_code(*, actor: Actor, reference: str, code: Secret, now: datetime) -> None:
    """What the applicant read back. Five tries, and the code is dead.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver, WrongCode.
    """
    case, person = _about(actor, reference, now)
    counted = Case.objects.filter(pk=case.pk, call_tries__lt=CALL_TRIES)
    if not counted.update(call_tries=F("call_tries") + 1):
        raise WrongCode(left=0)
    case.refresh_from_db(fields=["call_tries", "call_code", "call_code_expires_at"])
    alive = case.call_code_expires_at is not None and now < case.call_code_expires_at
    encoded = case.call_code if case.call_code and alive else None
    right = check.password_matches(Secret(codes.digits(code)), encoded)
    with transaction.atomic(durable=True):
        # Used up by the one update which finds it still there.
        if right and Case.objects.filter(pk=case.pk, call_code=encoded).update(call_code=""):
            _taken_up(case, now)
            return _prove(case, Proof.CALL_BACK, True, actor, now)
        _audit("case.code_refused", case, actor, now, person=person)
    raise WrongCode(left=CALL_TRIES - case.call_tries)


def check_recovery_code(*, actor: Actor, reference: str, code: Secret, now: datetime) -> None:
    """What the applicant read out; it is used up, and the owner is told.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver, WrongCode, TooManyAttempts.
    """
    case, person = _about(actor, reference, now)
    tallies.require({f"factor:case:{person.pk}": SECOND_FACTOR}, now=now)
    whence = Visitor(Secret(""), "", case.address)
    checked = check_sheet(person, code, whence, now)
    with transaction.atomic(durable=True):
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        _taken_up(case, now)
        if checked is not None and checked.use():
            return _prove(case, Proof.RECOVERY_CODE, True, actor, now)
        _audit("case.code_refused", case, actor, now, person=person)
    raise WrongCode(left=0)


def compare_extension(*, actor: Actor, reference: str, now: datetime) -> bool:
    """Is the extension given the one on the account? Raises NotFound, NotAllowed, NotOnYourself, CaseOver."""
    case, person = _about(actor, reference, now)
    same = bool(person.extension) and case.extension == person.extension
    with transaction.atomic(durable=True):
        _taken_up(case, now)
        _prove(case, Proof.EXTENSION, same, actor, now)
    return same


def judge_documents(
    *, actor: Actor, reference: str, match: bool, documents: Sequence[str], note: str, now: datetime
) -> None:
    """Are these the papers of the account's owner? Only who opened them can say.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver, Malformed.
    """
    case, _ = _about(actor, reference, now)
    said = read_words(note, field="note", most=LONGEST_WORDS)
    read = CaseStep.objects.filter(case=case, kind=CaseStepKind.READ, agent_id=actor.person_id)
    seen = {step.facts["document"] for step in read}
    held = set(case.documents.values_list("uid", flat=True))
    if not documents or not set(documents) <= seen & held:
        raise Malformed(field="documents", why=N_("open every document you judge first"))
    with transaction.atomic(durable=True):
        _taken_up(case, now)
        _prove(case, Proof.DOCUMENTS, match, actor, now, documents=" ".join(sorted(documents)), note=said)


def note(*, actor: Actor, reference: str, words: str, now: datetime) -> None:
    """For colleagues; the applicant never reads it. Raises NotFound, NotAllowed, NotOnYourself, Malformed."""
    case = _case(actor, reference, now, over=True)
    said = read_words(words, field="words", most=LONGEST_WORDS, needed=True)
    with transaction.atomic(durable=True):
        cases.note(case, CaseStepKind.NOTED, actor=actor, now=now, words=said)
        _audit("case.noted", case, actor, now)


def ask(*, actor: Actor, reference: str, words: str, now: datetime) -> None:
    """The applicant is mailed, and has a month to answer.

    Raises NotFound, NotAllowed, NotOnYourself, CaseOver, Malformed.
    """
    case = _case(actor, reference, now)
    said = read_words(words, field="words", most=LONGEST_WORDS, needed=True)
    with transaction.atomic(durable=True):
        if case.state == CaseState.ASKING:
            cases.touch(case, {CaseState.ASKING}, now=now, reason=said)
        else:
            cases.move(case, CaseState.ASKING, now=now, reason=said)
        cases.note(case, CaseStepKind.ASKED, actor=actor, now=now, words=said)
        _audit("case.asked", case, actor, now)
        tell_case.applicant(case, "case_more_wanted", now=now)


def _case(actor: Actor, reference: str, now: datetime, *, over: bool = False) -> Case:
    """`over`: also one that is over. Raises NotFound, NotAllowed, NotOnYourself, CaseOver."""
    access.require(actor, Action.WORK_CASES, owner_id=None, now=now)
    case = cases.found(actor, reference)
    if case.person is not None:
        _require_over(actor, case.person, now)
    if not over and case.state not in IN_HAND:
        raise CaseOver()
    return case


def _about(actor: Actor, reference: str, now: datetime) -> tuple[Case, Person]:
    """Raises as `_case`; NotFound too while nobody knows whose account it is."""
    case = _case(actor, reference, now)
    if case.person is None:
        raise NotFound()
    return case, case.person


def _require_over(actor: Actor, person: Person, now: datetime) -> None:
    access.require_over(actor, Action.WORK_CASES, person_id=person.pk, role=Role(person.role), now=now)


def _taken_up(case: Case, now: datetime, **fields: object) -> None:
    """An agent did something: it is looked at now. Raises CaseOver."""
    if case.state == CaseState.OPEN:
        cases.move(case, CaseState.REVIEW, now=now, **fields)
    else:
        cases.touch(case, IN_HAND, now=now, **fields)


def _prove(case: Case, proof: Proof, holds: bool, actor: Actor, now: datetime, **facts: str) -> None:
    verdict = "yes" if holds else "no"
    cases.note(case, CaseStepKind.PROOF, actor=actor, now=now, proof=proof.value, holds=verdict, **facts)
    _audit("case.proof", case, actor, now, proof=proof.value, holds=verdict)


def _audit(
    action: str,
    case: Case,
    actor: Actor,
    now: datetime,
    person: Person | None = None,
    *,
    proof: str = "",
    holds: str = "",
) -> None:
    about = {"proof": proof, "holds": holds} if proof else {}
    told: dict[str, Any] = {"case": case.reference, **about}
    audit.write(action=action, now=now, actor=actor, person=person or case.person, **told)
