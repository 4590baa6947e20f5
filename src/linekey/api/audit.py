"""`/audit`: the audit trail of what the key sees, as a list, as lines to verify, and verified here."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import AwareDatetime

from linekey.api import audit_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import missing, needs
from linekey.domain import errors
from linekey.domain.access import Action
from linekey.domain.trail_walk import Finding
from linekey.records import pages
from linekey.records.pages import JournalFilter
from linekey.usecases import read_audit, verify_audit

ROWS = 100
PART = 500
NOT_ALLOWED = errors.NotAllowed()
router = Router(tags=["Audit"])


@router.get(
    "/audit",
    response=shapes.Entries,
    summary="List the audit trail",
    **needs(Action.SEE_AUDIT, NOT_ALLOWED, missing("before")),
)
def list_audit(request: HttpRequest, asked: Query[shapes.Journal]) -> shapes.Entries:
    """Newest first, 100 at a time."""
    found = pages.journal_page(
        actor_of(request), _filter(asked), now=timezone.now(), before=asked.before, limit=ROWS
    )
    return shapes.Entries(
        entries=[shapes.Entry.model_validate(row) for row in found.rows],
        next=found.next,
    )


@router.get(
    "/audit/export",
    response=shapes.Exported,
    summary="Take the audit trail out, to verify it elsewhere",
    **needs(Action.SEE_AUDIT, NOT_ALLOWED, missing("after")),
)
def export_audit(request: HttpRequest, asked: Query[shapes.Export]) -> shapes.Exported:
    """Oldest first, 500 at a time, with what seals them. The first part is noted in the trail."""
    part = read_audit.export_part(
        actor=actor_of(request),
        narrowed=_filter(asked),
        after=asked.after,
        limit=PART,
        now=timezone.now(),
    )
    return shapes.Exported(lines=part.lines, next=part.next)


@router.post(
    "/audit/verify",
    response=shapes.Verification,
    summary="Verify the chains of the audit trail",
    **needs(Action.SEE_AUDIT, NOT_ALLOWED, missing("since")),
)
def verify(
    request: HttpRequest,
    since: Annotated[AwareDatetime | None, Query(description="Of the answer before, to go on")] = None,
) -> shapes.Verification:
    """About a second's worth per call: call again with its `since` until `ended` is true."""
    actor, now = actor_of(request), timezone.now()
    run = verify_audit.verify_some(actor=actor, since=since, now=now)
    state = pages.chains_state(actor, now=now)
    return shapes.Verification(
        since=run.since,
        ended=run.ended,
        chains=run.chains,
        chains_done=run.chains_done,
        entries=run.entries,
        entries_done=run.entries_done,
        faults=run.faults,
        findings=[_found(name, finding) for name, finding in state.findings],
    )


def _filter(asked: shapes.Narrowed) -> JournalFilter:
    return JournalFilter(**{name: getattr(asked, name) for name in shapes.Narrowed.model_fields})


def _found(name: str, finding: Finding) -> shapes.FoundFault:
    return shapes.FoundFault(
        organisation=name,
        code=finding.code,
        first=finding.first,
        last=finding.last,
        sentence=finding.sentence % {"first": finding.first, "last": finding.last},
        note=finding.is_note,
    )
