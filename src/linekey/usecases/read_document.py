"""Read one document of a case (ACC-7). Every reading is written down, in the case and in the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role
from linekey.domain.cases import CaseStepKind
from linekey.domain.errors import NotFound
from linekey.domain.files import ENDINGS
from linekey.records import audit, cases
from linekey.vault.documents import open_document


@dataclass(frozen=True)
class ReadDocument:
    file_name: str
    """Ours: `DOS-7K3F-92QD-1.pdf`."""
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"ReadDocument({self.file_name!r})"


def read(*, actor: Actor, reference: str, uid: str, now: datetime) -> ReadDocument:
    """Raises NotFound, also once it was purged; NotAllowed, NotOnYourself."""
    access.require(actor, Action.WORK_CASES, owner_id=None, now=now)
    case = cases.found(actor, reference)
    if case.person is not None:
        access.require_over(
            actor, Action.WORK_CASES, person_id=case.person.pk, role=Role(case.person.role), now=now
        )
    documents = list(case.documents.order_by("id"))
    wanted = [(number, row) for number, row in enumerate(documents, 1) if row.uid == uid and row.sealed]
    if not wanted:
        raise NotFound()
    number, document = wanted[0]
    content = open_document(document.sealed, document.seal_place)
    # Written down before it is handed over: what could not be noted is not read.
    with transaction.atomic(durable=True):
        cases.note(case, CaseStepKind.READ, actor=actor, now=now, document=document.uid)
        audit.write(
            action="case.document_read",
            now=now,
            actor=actor,
            person=case.person,
            case=case.reference,
            document=str(number),
        )
    ending = ENDINGS[document.media_type][0]
    return ReadDocument(f"{case.reference}-{number}.{ending}", document.media_type, content)
