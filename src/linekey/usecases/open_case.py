"""Ask support for help, without an account open (ACC-7, ACC-8, TEAM-11).

Always the same answer after the same work, whoever exists (law 7): a case is made either way, and the worker
alone finds out whose account it is about.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linekey.domain import identifiers, languages, names
from linekey.domain.cases import LONGEST_STORY, CaseKind, CaseState, CaseStepKind, words
from linekey.domain.errors import Malformed, TooManyAttempts
from linekey.domain.flows import Visitor
from linekey.domain.limits import CASES, CASES_ABOUT, CASES_IN_ALL
from linekey.domain.networks import network_of
from linekey.domain.secret import Secret
from linekey.records import audit, cases, tallies
from linekey.records.models import Case
from linekey.usecases import keep_documents, read_contact, tell_case
from linekey.usecases.keep_documents import Upload
from linekey.vault import seal

__all__ = ["Upload", "open_case"]

LONGEST_PHONE = 30
LONGEST_EXTENSION = 10


def open_case(
    *,
    kind: CaseKind,
    identifier: str,
    name: str,
    contact: str,
    phone: str,
    extension: str,
    story: str,
    files: Sequence[Upload],
    language: str,
    visitor: Visitor,
    now: datetime,
) -> str:
    """The reference of the case, to be noted down. The link to follow it is in the mail alone.

    `phone`, `extension` and `story` may be empty. Raises Malformed, AddressRefused, FileRefused,
    TooManyAttempts.
    """
    languages.require_spoken(language)
    typed = words(identifier, field="identifier", most=identifiers.LONGEST, needed=True)
    case = Case(
        reference=cases.new_reference(),
        kind=kind,
        state=CaseState.OPEN,
        language=language,
        identifier=typed,
        name=names.read(name, field="name"),
        contact=read_contact.email(contact),
        phone=words(phone, field="phone", most=LONGEST_PHONE),
        extension=_extension(extension),
        story=words(story, field="story", most=LONGEST_STORY),
        address=visitor.address,
        opened_at=now,
        changed_at=now,
    )
    kept = keep_documents.judged(files)
    _count(case, visitor, now)
    with transaction.atomic(durable=True):
        case.save()
        keep_documents.keep(case, kept, now=now)
        cases.note(case, CaseStepKind.OPENED, actor=None, now=now, documents=str(len(kept)))
        audit.write(action="case.opened", now=now, actor=None, case=case.reference, address=visitor.address)
        tell_case.applicant(case, "case_opened", now=now)
    return case.reference


def _extension(typed: str) -> str:
    """Digits, as they are dialled. Raises Malformed."""
    kept = words(typed, field="extension", most=LONGEST_EXTENSION)
    if kept and not (kept.isascii() and kept.isdigit()):
        raise Malformed(field="extension", why="0-9")
    return kept


def _count(case: Case, visitor: Visitor, now: datetime) -> None:
    """Raises TooManyAttempts: of where it comes from and of what was typed, never of an account."""
    network = f"case:network:{network_of(visitor.address)}"
    about = identifiers.read(case.identifier, case.extension).key
    limits = {
        network: CASES,
        f"case:contact:{seal.digest(Secret(case.contact))}": CASES,
        f"case:about:{seal.digest(Secret(about))}": CASES_ABOUT,
        "case:all": CASES_IN_ALL,
    }
    shut = tallies.attempt(limits, gates=limits, now=now).shut
    if shut:
        raise TooManyAttempts(max(shut.values()))
