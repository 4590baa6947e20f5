"""Append one line about who did what. Written in the transaction of the act itself; never a secret."""

from datetime import datetime

from linekey.domain.access import Actor
from linekey.records.models import AuditEntry, Organisation, Person, Service


def write(
    *,
    action: str,
    now: datetime,
    actor: Actor | None,
    service: Service | None = None,
    person: Person | None = None,
    organisation: Organisation | None = None,
    **facts: str,
) -> None:
    """`facts` are plain words about the act: the verb, the version's number, the address it came from.

    `organisation`: what it was done to, when that is neither a service nor a person.
    """
    concerned = organisation or (person.organisation if person else None)
    path = service.path if service else concerned.path if concerned else actor.path if actor else ""
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
