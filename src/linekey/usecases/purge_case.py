"""Purge the documents of a case: seven days after its end, at once when it was withdrawn.

The case stays, with what was decided and by whom; what the applicant sent does not.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain.cases import KEPT, CaseStepKind
from linekey.records import audit, cases
from linekey.records.models import Case


def purge_due(*, now: datetime) -> int:
    """By the clock; how many cases were purged. A case without documents is done with too."""
    due = Case.objects.filter(purged_at=None, ended_at__lte=now - KEPT)
    purged = 0
    for case in due.order_by("id"):
        with transaction.atomic(durable=True):
            purged += purge(case, now=now)
    return purged


def purge(case: Case, *, now: datetime) -> bool:
    """False when another worker just did. Within a transaction."""
    if not Case.objects.filter(pk=case.pk, purged_at=None).update(purged_at=now):
        return False
    documents = case.documents.update(sealed=b"")
    cases.note(case, CaseStepKind.PURGED, actor=None, now=now, documents=str(documents))
    audit.write(
        action="case.purged",
        now=now,
        actor=None,
        person=case.person,
        case=case.reference,
        documents=str(documents),
    )
    return True
