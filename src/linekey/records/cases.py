"""Case rows: drawn, found by what the actor may see or by a link, moved by one conditional UPDATE (law 8)."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from linekey.domain import codes
from linekey.domain.access import Actor
from linekey.domain.cases import (
    FOLLOWED,
    MOVES,
    OVER,
    CaseEffect,
    CaseLink,
    CaseState,
    CaseStepKind,
    Failure,
    Proof,
)
from linekey.domain.errors import CaseOver, LinkNotValid, NotFound
from linekey.records.models import Case, CaseAccess, CaseStep, Factor, Person

LONGEST_REFERENCE = 20


def new_reference() -> str:
    """`DOS-7K3F-92QD`: eight characters of thirty, read aloud without a mistake."""
    drawn = "".join(secrets.choice(codes.ALPHABET) for _ in range(8))
    return f"DOS-{drawn[:4]}-{drawn[4:]}"


def visible(actor: Actor) -> QuerySet[Case]:
    """Of the actor's branch, and those about nobody we know. Who may look at all was asked before."""
    mine = Q(person=None) | Q(person__organisation__path__startswith=actor.path)
    return Case.objects.select_related("person__organisation", "proposed_by").filter(mine)


def found(actor: Actor, reference: str) -> Case:
    """Raises NotFound."""
    if "\0" in reference or len(reference) > LONGEST_REFERENCE:
        raise NotFound()
    case = visible(actor).filter(reference=reference.upper()).first()
    if case is None:
        raise NotFound()
    return case


def by_link(digest: str, purpose: CaseLink, *, now: datetime) -> tuple[Case, CaseAccess]:
    """Untouched. Raises LinkNotValid: unknown, of another purpose, and too old alike."""
    links = CaseAccess.objects.select_related("case__person__organisation")
    link = links.filter(digest=digest, purpose=purpose).first()
    if link is None or (link.case.ended_at is not None and now >= link.case.ended_at + FOLLOWED):
        raise LinkNotValid()
    return link.case, link


def move(case: Case, to: CaseState, *, now: datetime, **fields: Any) -> None:
    """Go on; of two who try at once, one gets CaseOver, and so does who thought of another account."""
    state = CaseState(case.state)
    if to not in MOVES[state]:
        raise CaseOver()
    changed: dict[str, Any] = {"state": to, "changed_at": now, **fields}
    if to in OVER:
        changed["ended_at"] = now
    if not Case.objects.filter(pk=case.pk, state=state, person=case.person).update(**changed):
        raise CaseOver()
    for name, value in changed.items():
        setattr(case, name, value)


def touch(case: Case, states: Collection[CaseState], *, now: datetime, **fields: Any) -> None:
    """Change something of a case that stays where it is. Raises CaseOver when it is in no such state."""
    changed: dict[str, Any] = {"changed_at": now, **fields}
    same = Case.objects.filter(pk=case.pk, state__in=states, person=case.person)
    if not same.update(**changed):
        raise CaseOver()
    for name, value in changed.items():
        setattr(case, name, value)


def note(case: Case, kind: CaseStepKind, *, actor: Actor | None, now: datetime, **facts: str) -> None:
    """One line of the case's own journal. Plain words; never a secret."""
    CaseStep.objects.create(
        case=case, kind=kind, agent_id=actor.person_id if actor else None, facts=facts, at=now
    )


def checked(steps: Iterable[CaseStep]) -> dict[Proof, CaseStep]:
    """The last word on each proof, since the account was named. `steps` in the order they were written."""
    last: dict[Proof, CaseStep] = {}
    for step in steps:
        if step.kind == CaseStepKind.ATTACHED:
            last.clear()
        elif step.kind == CaseStepKind.PROOF:
            last[Proof(step.facts["proof"])] = step
    return last


def proofs(case: Case) -> frozenset[Proof]:
    """Those that hold."""
    last = checked(case.steps.order_by("id"))
    return frozenset(proof for proof, step in last.items() if step.facts["holds"] == "yes")


def failure(steps: Iterable[CaseStep]) -> Failure | None:
    """Why the decision could not be carried out, if it could not."""
    failed = [step for step in steps if step.kind == CaseStepKind.FAILED]
    return Failure(failed[-1].facts["why"]) if failed else None


def possible(case: Case, person: Person, effect: CaseEffect) -> bool:
    """Is there something to change? A mailbox which never answered is given no account."""
    match effect:
        case CaseEffect.REPLACE_EMAIL:
            return case.contact_verified_at is not None and case.contact != person.email
        case CaseEffect.PROMOTE_BACKUP:
            return bool(person.backup_email) and person.backup_verified_at is not None
        case CaseEffect.FACTOR_OFF:
            return Factor.objects.filter(person=person).exists()
        case CaseEffect.CLEAR_QUESTION:
            return bool(person.answer)


def can_call_back(person: Person) -> bool:
    """Has the person a number of their own that answered? A shared one has an extension."""
    return bool(person.phone and person.phone_verified_at and not person.extension)
