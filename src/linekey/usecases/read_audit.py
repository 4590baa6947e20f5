"""Take the audit trail out, so that an outsider can verify it. Taking it out is in it too.

The lines are those of docs/reference/audit.md: entries, then the checkpoints over them, then the public keys.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.trail import Entry, content, moment
from linekey.records import audit, journal
from linekey.records import chain_reading as chain
from linekey.records.journal import JournalFilter
from linekey.records.models import AuditEntry
from linekey.records.pages import JournalRow
from linekey.records.pages.audit import row_of
from linekey.vault import signing

BLOCK = 500


@dataclass(frozen=True)
class Taken:
    """One entry for a reader, and what seals it."""

    row: JournalRow
    sealed: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Some entries by age, with what is needed to verify them."""

    lines: list[dict[str, Any]]
    next: int | None
    """`after` of the next part; None at the end."""


def export(*, actor: Actor, narrowed: JournalFilter, form: str, now: datetime) -> Iterator[Taken]:
    """Every entry, oldest first, read while it is taken. Raises NotAllowed, ScopeNotGranted at once."""
    _note(actor, narrowed, form, now)
    return _taken(actor, narrowed)


def export_lines(*, actor: Actor, narrowed: JournalFilter, now: datetime) -> Iterator[dict[str, Any]]:
    """As `export`, as lines that can be verified. Raises NotAllowed, ScopeNotGranted at once."""
    _note(actor, narrowed, "json", now)
    return _lines(_taken(actor, narrowed))


def export_part(
    *, actor: Actor, narrowed: JournalFilter, after: int | None, limit: int, now: datetime
) -> Part:
    """Up to `limit` entries behind entry `after`. Raises NotAllowed, ScopeNotGranted."""
    if after is None:
        _note(actor, narrowed, "json", now)
    else:
        access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    rows = list(_block(actor, narrowed, after or 0, limit + 1))
    taken, more = rows[:limit], len(rows) > limit
    return Part(list(_lines(taken)), taken[-1].row.id if more else None)


def _note(actor: Actor, narrowed: JournalFilter, form: str, now: datetime) -> None:
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    with transaction.atomic(durable=True):
        audit.write(action="audit.exported", now=now, actor=actor, form=form, asked=narrowed.words)


def _taken(actor: Actor, narrowed: JournalFilter) -> Iterator[Taken]:
    after: int | None = 0
    while after is not None:
        behind, after = after, None
        for each in _block(actor, narrowed, behind, BLOCK):
            after = each.row.id
            yield each


def _block(actor: Actor, narrowed: JournalFilter, after: int, limit: int) -> Iterator[Taken]:
    found = list(journal.of_branch(actor, narrowed).filter(id__gt=after).order_by("id")[:limit])
    names, chains, before = journal.names_of(found), journal.chains_of(found), _before(found)
    for entry in found:
        row = row_of(actor, entry, names, chains)
        yield Taken(row, _sealed(actor, entry, row, before))


def _before(found: Iterable[AuditEntry]) -> dict[tuple[int, int], str]:
    """The digest each entry stands behind, by chain and number of the entry."""
    wanted: dict[int, set[int]] = {}
    for entry in found:
        if entry.chain is not None and entry.number is not None:
            wanted.setdefault(entry.chain, set()).add(entry.number - 1)
    return {
        (each, number + 1): digest
        for each, numbers in wanted.items()
        for number, digest in chain.digests(each, numbers).items()
    }


def _sealed(
    actor: Actor, entry: AuditEntry, row: JournalRow, before: dict[tuple[int, int], str]
) -> dict[str, Any]:
    """What the digest is over; less of it where the reader may not know all, which the line says."""
    told = {"type": "entry", "by": row.by, "service_reference": row.service, "customer_id": row.person}
    place = (entry.chain or 0, entry.number or 0)
    seal = {"previous": before.get(place, ""), "digest": entry.digest}
    whole = content(
        Entry(
            id=entry.pk,
            chain=place[0],
            number=place[1],
            at=entry.at,
            actor=entry.actor_id,
            door=entry.door,
            action=entry.action,
            service=entry.service_id,
            person=entry.person_id,
            path=entry.path,
            facts=entry.facts,
        )
    )
    if journal.withheld(actor, entry):
        kept = {name: whole[name] for name in ("id", "chain", "number", "at", "action", "door")}
        return {**told, **kept, "facts": row.facts, "withheld": True, **seal}
    return {**told, **whole, **seal}


def _lines(taken: Iterable[Taken]) -> Iterator[dict[str, Any]]:
    spans: dict[int, tuple[int, int]] = {}
    for each in taken:
        line = each.sealed
        yield line
        if line["number"]:
            first, last = spans.get(line["chain"], (line["number"], line["number"]))
            spans[line["chain"]] = min(first, line["number"]), max(last, line["number"])
    for each_chain, (first, last) in spans.items():
        for checkpoint in chain.checkpoints(each_chain, after=first - 1, upto=None):
            yield {
                "type": "checkpoint",
                "chain": checkpoint.chain,
                "number": checkpoint.number,
                "digest": checkpoint.digest,
                "at": moment(checkpoint.at),
                "key": checkpoint.key_id,
                "signature": checkpoint.signature,
            }
            if checkpoint.number >= last:
                break
    for name, public in signing.public_keys().items():
        yield {"type": "key", "key": name, "public": public}
