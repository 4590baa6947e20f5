"""Append one line about who did what. Written in the transaction of the act itself; never a secret."""

from datetime import datetime

from linekey.domain.access import Actor
from linekey.records.models import AuditEntry, Person, Service


def write(
    *,
    action: str,
    now: datetime,
    actor: Actor | None,
    service: Service | None = None,
    person: Person | None = None,
    **facts: str,
) -> None:
    """`facts` are plain words about the act: the verb, the version's number, the address it came from."""
    path = service.path if service else person.organisation.path if person else actor.path if actor else ""
    AuditEntry.objects.create(
        at=now,
        actor_id=actor.person_id if actor else None,
        door=actor.door if actor else "system",
        action=action,
        service=service,
        person=person,
        path=path,
        facts=facts,
    )
