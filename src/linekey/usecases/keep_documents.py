"""Keep the documents of a case: judged by their content, sealed before they are stored. Part of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from linekey.domain import files
from linekey.domain.cases import MOST_DOCUMENTS
from linekey.domain.errors import N_, Malformed
from linekey.domain.files import File
from linekey.records.models import Case, CaseDocument
from linekey.vault import seal


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"Upload({len(self.content)} bytes)"


def judged(sent: Sequence[Upload], *, held: int = 0) -> list[File]:
    """`held` is how many the case has already. Raises FileRefused, Malformed."""
    _require_few(len(sent) + held)
    return [files.read(each.name, each.content) for each in sent]


def require_room(case: Case, more: int) -> None:
    """Raises Malformed. Within the transaction that holds the row of the case."""
    _require_few(case.documents.count() + more)


def keep(case: Case, found: Sequence[File], *, now: datetime) -> None:
    """Within a transaction."""
    for each in found:
        document = CaseDocument(
            case=case,
            uid=uuid4().hex,
            media_type=each.media_type,
            size=len(each.content),
            sent_at=now,
        )
        document.sealed = seal.seal(each.content, document.seal_place)
        document.save()


def _require_few(number: int) -> None:
    if number > MOST_DOCUMENTS:
        raise Malformed(field="files", why=N_("a case takes five documents at most"))
