"""`/cases`: what support works on. Documents are read in the portal alone, where every reading is shown."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api import cases_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import DOOR_SHUT, NOT_FOUND, missing, needs
from linekey.api.once import Once, done_once
from linekey.api.problems import BODY_TOO_LARGE
from linekey.domain import errors
from linekey.domain.access import Action
from linekey.domain.cases import Proof
from linekey.records import pages
from linekey.usecases import decide_case, work_case

ROWS = 50
_SEEN = (errors.NotAllowed(), NOT_FOUND)
_WORKED = (*_SEEN, errors.NotOnYourself(), errors.CaseOver(), BODY_TOO_LARGE, missing("Idempotency-Key"))
router = Router(tags=["Cases"])


@router.get(
    "/cases",
    response=shapes.Cases,
    summary="List the support cases",
    **needs(Action.WORK_CASES, errors.NotAllowed(), missing("state")),
)
def list_cases(request: HttpRequest, search: Query[shapes.CaseSearch]) -> shapes.Cases:
    """Newest first, 50 at a time: each page starts after the last reference of the one before."""
    asked = search.model_dump()
    found = pages.cases(actor_of(request), now=timezone.now(), limit=ROWS + 1, **asked)
    rows = [shapes.Case.model_validate(row) for row in found[:ROWS]]
    return shapes.Cases(cases=rows, next=rows[-1].reference if len(found) > ROWS else None)


@router.get(
    "/cases/{reference}",
    response=shapes.CaseDetail,
    summary="Get a support case",
    **needs(Action.WORK_CASES, *_SEEN),
)
def get_case(request: HttpRequest, reference: str) -> shapes.CaseDetail:
    page = pages.case(actor_of(request), reference, now=timezone.now())
    row = shapes.Case.model_validate(page.row).model_dump()
    told = {name: getattr(page, name) for name in shapes.CaseDetail.model_fields if hasattr(page, name)}
    # A list beside their number, which the row has.
    told |= {"documents": row["documents"], "sent_documents": page.documents}
    return shapes.CaseDetail.model_validate({**row, **told}, from_attributes=True)


@router.post(
    "/cases/{reference}/account",
    response=shapes.Stands,
    summary="Name the account a case is about",
    **needs(Action.WORK_CASES, *_WORKED),
)
def name_account(
    request: HttpRequest, reference: str, once: Once, body: shapes.NamedAccount
) -> shapes.Stands:
    """When the identifier was mistyped. What was proven before no longer counts."""
    return _done(request, reference, once, work_case.attach, customer_id=body.customer_id)


@router.post(
    "/cases/{reference}/call-back",
    response={202: shapes.Stands},
    summary="Send a code to the number on the account",
    **needs(Action.WORK_CASES, *_WORKED, errors.NoSms(), DOOR_SHUT),
)
def send_call_back(request: HttpRequest, reference: str, once: Once) -> shapes.Stands:
    """By SMS, for the applicant to read back; never to the number the form claims."""
    return _done(request, reference, once, work_case.send_code)


@router.post(
    "/cases/{reference}/code",
    response=shapes.Stands,
    summary="Check a code the applicant reads out",
    **needs(Action.WORK_CASES, *_WORKED, errors.WrongCode(left=4), DOOR_SHUT),
)
def check_code(request: HttpRequest, reference: str, once: Once, body: shapes.CodeReadOut) -> shapes.Stands:
    """A recovery code is used up by it."""
    check = work_case.check_code if body.proof == "call_back" else work_case.check_recovery_code
    return _done(request, reference, once, check, code=body.code)


@router.post(
    "/cases/{reference}/extension",
    response=shapes.Compared,
    summary="Compare the extension given with the account's",
    **needs(Action.WORK_CASES, *_WORKED),
)
def compare_extension(request: HttpRequest, reference: str, once: Once) -> shapes.Compared:
    _done(request, reference, once, work_case.compare_extension)
    page = pages.case(actor_of(request), reference, now=timezone.now())
    line = next(line for line in page.checklist if line.proof is Proof.EXTENSION)
    return shapes.Compared(holds=bool(line.holds))


@router.post(
    "/cases/{reference}/ask",
    response=shapes.Stands,
    summary="Ask the applicant for more",
    **needs(Action.WORK_CASES, *_WORKED),
)
def ask_for_more(request: HttpRequest, reference: str, once: Once, body: shapes.Words) -> shapes.Stands:
    return _done(request, reference, once, work_case.ask, words=body.words)


@router.post(
    "/cases/{reference}/propose",
    response=shapes.Stands,
    summary="Decide, or propose to the second agent",
    **needs(Action.DECIDE_CASE, *_WORKED, errors.ProofsMissing()),
)
def propose(request: HttpRequest, reference: str, once: Once, body: shapes.Decision) -> shapes.Stands:
    """A decision of weight is `proposed` until another agent confirms it; then the waiting period runs."""
    return _done(request, reference, once, decide_case.propose, effects=body.effects)


@router.post(
    "/cases/{reference}/confirm",
    response=shapes.Stands,
    summary="Confirm what a colleague proposed",
    **needs(Action.DECIDE_CASE, *_WORKED, errors.ProofsMissing(), errors.AnotherAgentNeeded()),
)
def confirm(request: HttpRequest, reference: str, once: Once) -> shapes.Stands:
    return _done(request, reference, once, decide_case.confirm)


@router.post(
    "/cases/{reference}/send-back",
    response=shapes.Stands,
    summary="Disagree with what a colleague proposed",
    **needs(Action.DECIDE_CASE, *_WORKED),
)
def send_back(request: HttpRequest, reference: str, once: Once, body: shapes.Words) -> shapes.Stands:
    return _done(request, reference, once, decide_case.send_back, words=body.words)


@router.post(
    "/cases/{reference}/refuse",
    response=shapes.Stands,
    summary="Refuse a case",
    **needs(Action.DECIDE_CASE, *_WORKED),
)
def refuse(request: HttpRequest, reference: str, once: Once, body: shapes.Words) -> shapes.Stands:
    """The applicant reads the words; while the waiting period runs, it stops what was decided."""
    return _done(request, reference, once, decide_case.refuse, words=body.words)


def _done(
    request: HttpRequest, reference: str, once: str, act: Callable[..., object], **asked: Any
) -> shapes.Stands:
    """Where the case stands after it."""
    actor = done_once(request, act, reference=reference, once=once, **asked)
    page = pages.case(actor, reference, now=timezone.now())
    return shapes.Stands(reference=page.row.reference, state=page.row.state)
