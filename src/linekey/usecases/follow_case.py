"""Where a case stands, for whoever opened it, and what they may still do: answer, add documents, withdraw.

By the link in their mail alone. Nothing here tells whether the account exists (law 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain.cases import (
    IN_HAND,
    KEPT,
    LONGEST_STORY,
    MOST_DOCUMENTS,
    OVER,
    TOLD,
    CaseKind,
    CaseLink,
    CaseState,
    CaseStepKind,
    Failure,
)
from linekey.domain.cases import words as read_words
from linekey.domain.errors import CaseOver
from linekey.domain.flows import Visitor
from linekey.domain.limits import CASE_ANSWERS
from linekey.domain.secret import Secret
from linekey.records import audit, cases, tallies
from linekey.records.models import Case
from linekey.usecases import keep_documents
from linekey.usecases.keep_documents import Upload
from linekey.usecases.purge_case import purge
from linekey.vault import seal


@dataclass(frozen=True)
class SentDocument:
    media_type: str
    size: int
    """Bytes."""
    sent_at: datetime


@dataclass(frozen=True)
class ToldStep:
    kind: CaseStepKind
    at: datetime


@dataclass(frozen=True)
class FollowedCase:
    reference: str
    kind: CaseKind
    state: CaseState
    opened_at: datetime
    changed_at: datetime
    contact_confirmed: bool
    wanted: str
    """What was asked for, or why it was refused; an agent's words."""
    failure: Failure | None
    effective_at: datetime | None
    documents: tuple[SentDocument, ...]
    steps: tuple[ToldStep, ...]
    may_add: int
    """How many documents may still be sent."""
    may_answer: bool
    may_withdraw: bool
    purge_at: datetime | None
    purged: bool
    language: str


def look(*, token: Secret, now: datetime) -> FollowedCase:
    """Consumes nothing: a mail scanner which follows the link changes nothing. Raises LinkNotValid."""
    case = _followed(token, now)
    steps = list(case.steps.order_by("id"))
    documents = tuple(
        SentDocument(row.media_type, row.size, row.sent_at)
        for row in case.documents.defer("sealed").order_by("id")
    )
    state = CaseState(case.state)
    in_hand = state in IN_HAND
    return FollowedCase(
        reference=case.reference,
        kind=CaseKind(case.kind),
        state=state,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        contact_confirmed=case.contact_verified_at is not None,
        wanted=case.reason,
        failure=cases.failure(steps),
        effective_at=case.effective_at,
        documents=documents,
        steps=tuple(ToldStep(CaseStepKind(step.kind), step.at) for step in steps if step.kind in TOLD),
        may_add=MOST_DOCUMENTS - len(documents) if in_hand else 0,
        may_answer=in_hand,
        may_withdraw=state not in OVER,
        purge_at=case.ended_at + KEPT if case.ended_at else None,
        purged=case.purged_at is not None,
        language=case.language,
    )


def confirm(*, token: Secret, visitor: Visitor, now: datetime) -> None:
    """The mailbox answered: its owner pressed a button, as no scanner does. Raises LinkNotValid, CaseOver."""
    case = _followed(token, now)
    with transaction.atomic(durable=True):
        cases.touch(case, IN_HAND, now=now)
        _answered(case, visitor, now)


def answer(*, token: Secret, words: str, files: Sequence[Upload], visitor: Visitor, now: datetime) -> None:
    """Tell more, or send what was asked for. The mailbox has answered by it.

    Raises LinkNotValid, CaseOver, Malformed, FileRefused, TooManyAttempts.
    """
    case = _followed(token, now)
    if case.state not in IN_HAND:
        raise CaseOver()
    said = read_words(words, field="words", most=LONGEST_STORY, needed=not files)
    tallies.require({f"case:answer:{case.pk}": CASE_ANSWERS}, now=now)
    kept = keep_documents.judged(files, held=case.documents.count())
    with transaction.atomic(durable=True):
        # The row first: of two who send documents at once, the second counts those of the first.
        cases.touch(case, IN_HAND, now=now)
        keep_documents.require_room(case, len(kept))
        keep_documents.keep(case, kept, now=now)
        _answered(case, visitor, now)
        if kept:
            cases.note(case, CaseStepKind.DOCUMENTS_ADDED, actor=None, now=now, documents=str(len(kept)))
        if said:
            cases.note(case, CaseStepKind.ANSWERED, actor=None, now=now, words=said)
        if case.state == CaseState.ASKING:
            cases.move(case, CaseState.REVIEW, now=now, reason="")


def withdraw(*, token: Secret, visitor: Visitor, now: datetime) -> None:
    """Nothing more happens, and the documents go at once. Raises LinkNotValid, CaseOver."""
    case = _followed(token, now)
    with transaction.atomic(durable=True):
        cases.move(case, CaseState.WITHDRAWN, now=now)
        cases.note(case, CaseStepKind.WITHDRAWN, actor=None, now=now)
        audit.write(
            action="case.withdrawn",
            now=now,
            actor=None,
            person=case.person,
            case=case.reference,
            address=visitor.address,
        )
        purge(case, now=now)


def _followed(token: Secret, now: datetime) -> Case:
    case, _ = cases.by_link(seal.digest(token), CaseLink.FOLLOW, now=now)
    return case


def _answered(case: Case, visitor: Visitor, now: datetime) -> None:
    if case.contact_verified_at is not None:
        return
    case.contact_verified_at = now
    case.save(update_fields=["contact_verified_at"])
    cases.note(case, CaseStepKind.CONFIRMED, actor=None, now=now, address=visitor.address)
