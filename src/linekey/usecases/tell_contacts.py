"""Tell a person what happened to their account, at every address that is theirs (OWASP ASVS 5.0, 6.3.7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import uuid4

from linekey.domain.effects import TO, Effect, EffectKind
from linekey.records import outbox
from linekey.records.models import Person


def tell(
    person: Person, message: str, facts: Mapping[str, str], *, now: datetime, former: Iterable[str] = ()
) -> None:
    """One mail to the primary address, the backup, and each `former` address. Within a transaction."""
    addresses = dict.fromkeys(each for each in (person.email, _backup(person), *former) if each)
    notices = [
        Effect(EffectKind.NOTIFY, message=message, facts={**facts, TO: address}) for address in addresses
    ]
    outbox.put(notices, plan=uuid4().hex, now=now, person=person)


def _backup(person: Person) -> str:
    return person.backup_email if person.backup_verified_at else ""
