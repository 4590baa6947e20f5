"""Entries of the audit trail as its readers may have them: those of the actor's branch, narrowed.

Which organisation acted is the owner's to know; who of theirs, and from where, is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from linekey.domain.access import Actor, sees_person
from linekey.domain.errors import NotFound
from linekey.records import find
from linekey.records.models import AuditChain, AuditEntry, Organisation, Person, Service

GROUPS: dict[str, tuple[str, ...]] = {
    "sign_in": ("session.", "device."),
    "account": ("account.", "person.", "password.", "contact."),
    "factor": ("factor.",),
    "credential": ("credential.", "effect.", "phone.", "campaign."),
    "service": ("service.", "licence.", "sheet.", "services."),
    "member": ("member.",),
    "case": ("case.",),
    "program": ("access_key.", "application.", "consumer_key.", "webhook."),
    "organisation": ("organisation.", "policy.", "site."),
    "audit": ("audit.",),
}
"""What sort of act, by the first word of its code."""
_WHEREABOUTS = frozenset({"address", "device", "network"})
_ALIKE = 50
"""Services whose reference begins as was typed: of more, the first."""


@dataclass(frozen=True)
class JournalFilter:
    """What the reader asked for; nothing narrows nothing."""

    group: str = ""
    person: str = ""
    """A customer ID: who acted, or was acted upon."""
    service: str = ""
    """A reference."""
    door: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    text: str = ""
    """How a reference begins, or a customer ID."""

    @property
    def words(self) -> str:
        """What was asked, for the trail: `group=credential since=2026-03-02T00:00:00+01:00`."""
        asked = ((name, getattr(self, name)) for name in self.__dataclass_fields__)
        told = ((name, v.isoformat() if isinstance(v, datetime) else str(v)) for name, v in asked if v)
        return " ".join(f"{name}={value}" for name, value in told)


def of_branch(actor: Actor, narrowed: JournalFilter) -> QuerySet[AuditEntry]:
    """In no order. What the actor does not see narrows to nothing."""
    rows = AuditEntry.objects.select_related("actor__organisation", "service", "person__organisation")
    if "." in actor.path.rstrip("."):
        rows = rows.filter(path__startswith=actor.path)
    # Else it is the operator's, who reads everything: a condition every row meets would cost a sort.
    if prefixes := GROUPS.get(narrowed.group):
        meant = Q()
        for prefix in prefixes:
            meant |= Q(action__startswith=prefix)
        rows = rows.filter(meant)
    if narrowed.door:
        rows = rows.filter(door=narrowed.door)
    if narrowed.since is not None:
        rows = rows.filter(at__gte=narrowed.since)
    if narrowed.until is not None:
        rows = rows.filter(at__lt=narrowed.until)
    if narrowed.service:
        rows = rows.filter(service__in=_services(actor, Q(reference=narrowed.service)))
    if narrowed.person:
        rows = rows.filter(_about(_people(actor, narrowed.person)))
    if narrowed.text:
        alike = _services(actor, Q(reference__startswith=narrowed.text))
        rows = rows.filter(Q(service__in=alike) | _about(_people(actor, narrowed.text)))
    return rows


def person_seen(actor: Actor, customer_id: str) -> Person:
    """Raises NotFound."""
    person = Person.objects.select_related("organisation").filter(customer_id=_typed(customer_id)).first()
    if person is None or not sees_person(actor, path=person.organisation.path, person_id=person.pk):
        raise NotFound()
    return person


def withheld(actor: Actor, entry: AuditEntry) -> bool:
    """Did somebody act whom the reader does not see? Then who, and from where, is left out."""
    if entry.actor is None or entry.actor_id is None:
        return False
    return not sees_person(actor, path=entry.actor.organisation.path, person_id=entry.actor_id)


def facts_seen(actor: Actor, entry: AuditEntry) -> dict[str, Any]:
    if not withheld(actor, entry):
        return dict(entry.facts)
    return {name: fact for name, fact in entry.facts.items() if name not in _WHEREABOUTS}


def names_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Names of the organisations the entries are about, by number."""
    ends = {entry.path.rstrip(".").rpartition(".")[2] for entry in entries}
    rows = Organisation.objects.filter(pk__in=[int(end) for end in ends if end])
    return dict(rows.values_list("pk", "name"))


def chains_of(entries: Iterable[AuditEntry]) -> dict[int, AuditChain]:
    wanted = {entry.chain for entry in entries if entry.chain is not None}
    return {each.chain: each for each in AuditChain.objects.filter(chain__in=wanted)}


def _services(actor: Actor, meant: Q) -> list[int]:
    found: QuerySet[Service] = find.visible_services(actor).filter(meant)
    return list(found.values_list("pk", flat=True).order_by("reference")[:_ALIKE])


def _people(actor: Actor, customer_id: str) -> list[int]:
    try:
        return [person_seen(actor, customer_id).pk]
    except NotFound:
        return []


def _about(people: list[int]) -> Q:
    return Q(person__in=people) | Q(actor__in=people)


def _typed(text: str) -> str:
    """What no database is afraid of, and no customer ID is longer than."""
    return text.replace("\0", "")[:60]
