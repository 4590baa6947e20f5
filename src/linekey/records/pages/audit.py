"""The audit trail of a branch, a page at a time, and the state of its chains."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.trail_walk import Finding
from linekey.records import find, journal
from linekey.records.journal import JournalFilter as JournalFilter
from linekey.records.models import AuditChain, AuditEntry, Organisation

ROWS = 50
SHOWN = 20
"""Findings a page tells; the command tells them all."""


@dataclass(frozen=True)
class JournalRow:
    id: int
    at: datetime
    action: str
    door: str
    by: str
    """Who acted; only their organisation when they are none of the reader's; empty for nobody known."""
    by_id: str
    """Their customer ID, when they are the reader's to know."""
    service: str
    """Reference."""
    person: str
    """Customer ID of whom it is about."""
    person_name: str
    organisation: str
    facts: dict[str, Any]
    number: int | None
    """In its chain; None for the moment it waits."""
    digest: str
    verified_at: datetime | None
    """When its chain was last verified, if it was in it already."""
    suspect: bool
    """Did that verification name it?"""


@dataclass(frozen=True)
class JournalPage:
    rows: list[JournalRow]
    next: int | None
    """`before` of the next page; None at the end."""


@dataclass(frozen=True)
class ChainsState:
    """Of the chains of a branch, all together."""

    chains: int
    entries: int
    """Chained."""
    waiting: int
    """Written, and not chained yet."""
    waits_long: bool
    signed: int
    signed_at: datetime | None
    verified: int
    verified_at: datetime | None
    """The oldest verification: everything counted in `verified` was verified then or later."""
    faults: int
    """That the last verifications named, notes aside."""
    findings: list[tuple[str, Finding]]
    """Name of the organisation, and what was found there."""


def journal_page(
    actor: Actor, narrowed: JournalFilter, *, now: datetime, before: int | None = None, limit: int = ROWS
) -> JournalPage:
    """Newest first, older than entry `before`. Raises NotAllowed, ScopeNotGranted."""
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    rows = journal.of_branch(actor, narrowed).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    names, chains = journal.names_of(found), journal.chains_of(found)
    return JournalPage(
        [row_of(actor, entry, names, chains) for entry in found], found[-1].pk if more else None
    )


def journal_person(actor: Actor, customer_id: str, *, now: datetime) -> tuple[str, str]:
    """Customer ID and name of a person whose journal may be read. Raises NotAllowed, NotFound."""
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    person = journal.person_seen(actor, customer_id)
    return person.customer_id, person.full_name


def journal_service(actor: Actor, reference: str, *, now: datetime) -> tuple[str, str]:
    """Reference and name of a service. Raises NotAllowed, NotFound."""
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    service = find.service(actor, reference)
    return service.reference, service.name


def chains_state(actor: Actor, *, now: datetime) -> ChainsState:
    """Raises NotAllowed, ScopeNotGranted."""
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    chains = AuditChain.objects.filter(path__startswith=actor.path)
    told = chains.aggregate(
        chains=Count("chain"),
        entries=Coalesce(Sum("number"), 0),
        signed=Coalesce(Sum("signed_number"), 0),
        signed_at=Max("signed_at"),
        verified=Coalesce(Sum("verified_number"), 0),
        verified_at=Min("verified_at"),
        faults=Coalesce(Sum("faults"), 0),
    )
    waiting = AuditEntry.objects.filter(chain=None, path__startswith=actor.path)
    waits = waiting.aggregate(count=Count("id"), since=Min("at"))
    findings: list[tuple[str, Finding]] = []
    if told["verified"] or told["faults"]:
        for chain in chains.exclude(found=[]).order_by("chain")[:SHOWN]:
            findings += [(chain.path, Finding(**each)) for each in chain.found]
    named = _names([path for path, _ in findings[:SHOWN]])
    return ChainsState(
        waiting=waits["count"],
        waits_long=waits["since"] is not None and waits["since"] < now - timedelta(minutes=1),
        findings=[(named.get(path, path), finding) for path, finding in findings[:SHOWN]],
        **told,
    )


def row_of(
    actor: Actor, entry: AuditEntry, names: dict[int, str], chains: dict[int, AuditChain]
) -> JournalRow:
    """`names` and `chains` are those of `records.journal`, for many entries at once."""
    hidden = journal.withheld(actor, entry)
    by, person = entry.actor, entry.person
    person_seen = person is not None and access.sees_person(
        actor, path=person.organisation.path, person_id=person.pk
    )
    chain, number = chains.get(entry.chain or 0), entry.number or 0
    verified = chain is not None and 0 < number <= chain.verified_number
    end = entry.path.rstrip(".").rpartition(".")[2]
    return JournalRow(
        id=entry.pk,
        at=entry.at,
        action=entry.action,
        door=entry.door,
        by="" if by is None else by.organisation.name if hidden else by.full_name,
        by_id="" if by is None or hidden else by.customer_id,
        service=entry.service.reference if entry.service is not None else "",
        person=person.customer_id if person is not None and person_seen else "",
        person_name=person.full_name if person is not None and person_seen else "",
        organisation=names.get(int(end), "") if end else "",
        facts=journal.facts_seen(actor, entry),
        number=entry.number,
        digest=entry.digest,
        verified_at=chain.verified_at if chain is not None and verified else None,
        suspect=chain is not None and any(Finding(**each).names(number) for each in chain.found),
    )


def _names(paths: list[str]) -> dict[str, str]:
    return dict(Organisation.objects.filter(path__in=paths).values_list("path", "name")) if paths else {}
