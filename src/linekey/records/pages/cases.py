"""Support cases as agents see them, as a list by key."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.cases import OVER, CaseKind, CaseState
from linekey.domain.errors import NotFound
from linekey.records import cases as rows
from linekey.records.models import Case, CaseDocument

LIST_ROWS = 50


@dataclass(frozen=True)
class CaseRow:
    reference: str
    kind: CaseKind
    state: CaseState
    name: str
    identifier: str
    customer_id: str
    """Empty while nobody knows whose account it is."""
    opened_at: datetime
    changed_at: datetime
    effective_at: datetime | None
    documents: int
    mine: bool
    """The reader proposed the decision, and cannot be the second agent."""


def cases(
    actor: Actor,
    *,
    state: CaseState | None = None,
    open_only: bool = True,
    after: str = "",
    limit: int = LIST_ROWS,
    now: datetime,
) -> list[CaseRow]:
    """Newest first; `after` is the reference of the last row of the page before. Raises NotAllowed."""
    access.require(actor, Action.WORK_CASES, owner_id=None, now=now)
    found = rows.visible(actor).order_by("-id")
    if state is not None:
        found = found.filter(state=state)
    elif open_only:
        found = found.exclude(state__in=OVER)
    if after:
        try:
            found = found.filter(pk__lt=rows.found(actor, after).pk)
        except NotFound:
            return []
    page = list(found[:limit])
    # Of these rows alone: a count in the first query would be made of every case there is.
    sent = CaseDocument.objects.filter(case__in=page).values_list("case").annotate(Count("id"))
    documents = dict(sent.order_by())
    return [row_of(case, actor, documents.get(case.pk, 0)) for case in page]


def row_of(case: Case, actor: Actor, documents: int) -> CaseRow:
    return CaseRow(
        reference=case.reference,
        kind=CaseKind(case.kind),
        state=CaseState(case.state),
        name=case.name,
        identifier=case.identifier,
        customer_id=case.person.customer_id if case.person else "",
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        effective_at=case.effective_at,
        documents=documents,
        mine=case.proposed_by_id == actor.person_id,
    )
