"""Append one line about who did what. Written in the transaction of the act itself; never a secret."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from linekey.domain import tracing
from linekey.domain.access import Actor
from linekey.records import events
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
    entry = AuditEntry.objects.create(
        at=now,
        actor_id=actor.person_id if actor else None,
        door=actor.door if actor else "system",
        action=action,
        service=service,
        person=person,
        path=path,
        facts=_traced(facts),
    )
    events.announce([entry], actor, now=now)


def write_bulk(
    *, action: str, now: datetime, actor: Actor, told: Iterable[tuple[Service, Mapping[str, str]]]
) -> None:
    """The same act on many services, each with facts of its own."""
    entries = [
        AuditEntry(
            at=now,
            actor_id=actor.person_id,
            door=actor.door,
            action=action,
            service=service,
            path=service.path,
            facts=_traced(facts),
        )
        for service, facts in told
    ]
    AuditEntry.objects.bulk_create(entries)
    events.announce(entries, actor, now=now)


def _traced(facts: Mapping[str, str]) -> dict[str, str]:
    """With the number of the request, where one asked for it."""
    number = tracing.current()
    return {**facts, "request": number} if number else dict(facts)
