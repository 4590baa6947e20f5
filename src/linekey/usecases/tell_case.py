"""Tell whoever a support case concerns where it stands. Part of the other use-cases of cases.

The applicant is written to under the case's reference, never the account's: who they are is not known yet.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from linekey.domain.effects import TO, Effect, EffectKind
from linekey.records import find, outbox
from linekey.records.models import Case, Person

APPLICANT, OWNER = "applicant", "owner"
WHOM = "whom"


def applicant(case: Case, message: str, *, now: datetime) -> None:
    """Within a transaction."""
    facts = {"case": case.reference, WHOM: APPLICANT, TO: case.contact}
    outbox.put([Effect(EffectKind.CASE, message=message, facts=facts)], plan=uuid4().hex, now=now)


def everybody(
    case: Case, person: Person, message: str, *, now: datetime, former: Iterable[str] = (), sms: bool = False
) -> None:
    """The owner, and the applicant where that is another mailbox. Within a transaction."""
    told = owner(case, person, message, now=now, former=former, sms=sms)
    if case.contact not in told:
        applicant(case, message, now=now)


def owner(
    case: Case, person: Person, message: str, *, now: datetime, former: Iterable[str] = (), sms: bool = False
) -> set[str]:
    """Every address of the account and each `former` one; by SMS too where one arrives. Which they were.

    Within a transaction. An address that never answered may be anybody's, and is left out.
    """
    backup = person.backup_email if person.backup_verified_at else ""
    own = dict.fromkeys(each for each in (person.email, backup, *former) if each)
    facts = {"case": case.reference, WHOM: OWNER}
    notices = [Effect(EffectKind.CASE, message=message, facts={**facts, TO: each}) for each in own]
    if sms and find.texts(person):
        notices.append(Effect(EffectKind.CASE, message=message, facts={**facts, TO: "sms"}))
    outbox.put(notices, plan=uuid4().hex, now=now, person=person)
    return set(own)
