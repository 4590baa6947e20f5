"""Append one line about who did what. Written in the transaction of the act itself; never a secret."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from linekey.domain import tracing
from linekey.domain.access import Actor
from linekey.records import events, many
from linekey.records.models import AuditEntry, Organisation, Person, Service
from linekey.records.prepared import insert


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
    entry = AuditEntry(
        at=now,
        actor_id=actor.person_id if actor else None,
        door=actor.door if actor else "system",
        action=action,
        service=service,
        person=person,
        path=path,
        facts=_traced(facts),
    )
    insert([entry])
    events.announce([entry], actor, now=now)


def write_bulk(
    *, action: str, now: datetime, actor: Actor, told: Iterable[tuple[Service, Mapping[str, str]]]
) -> None:
    """The same act on many services, each with facts of its own."""
    alike: dict[str, Any] = {"at": now, "actor_id": actor.person_id, "door": actor.door, "action": action}
    rows = [(service, _traced(facts)) for service, facts in told]
    many.insert(
        AuditEntry,
        ("service_id", "path", "facts"),
        ((service.pk, service.path, facts) for service, facts in rows),
        **alike,
    )
    if events.anybody_hears(action):
        entries = [AuditEntry(**alike, service=each, path=each.path, facts=facts) for each, facts in rows]
        events.announce(entries, actor, now=now)


def _traced(facts: Mapping[str, str]) -> dict[str, str]:
    """With the number of the request, where one asked for it."""
    number = tracing.current()
    return {**facts, "request": number} if number else dict(facts)
