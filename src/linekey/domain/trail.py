"""The audit trail as a chain: what is sealed of an entry, and what a checkpoint says. No key, no table.

Each entry carries a digest over itself and over the digest before it, so that nothing before a signed digest
can be changed, taken out or put in unseen. The format is that of docs/reference/audit.md: never change it,
or what was sealed before can no longer be verified.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CHECKPOINT = "linekey audit checkpoint"


@dataclass(frozen=True)
class Entry:
    """One row, by the numbers of what it is about: names change, and must not break a seal."""

    id: int
    chain: int
    """Organisation whose chain it is in."""
    number: int
    """1, 2, 3… within the chain."""
    at: datetime
    actor: int | None
    door: str
    action: str
    service: int | None
    person: int | None
    path: str
    facts: Mapping[str, Any]
    digest: str = ""
    """What it was sealed with, hex; empty before."""


def sealed(entry: Entry, previous: str, number: int | None = None) -> str:
    """SHA-256, hex, of the entry behind the digest `previous`; with `number`, at another place."""
    said = {**content(entry), "number": number or entry.number, "previous": previous}
    return hashlib.sha256(canonical(said)).hexdigest()


def content(entry: Entry) -> dict[str, Any]:
    """What is sealed, beside the digest before it."""
    return {
        "id": entry.id,
        "chain": entry.chain,
        "number": entry.number,
        "at": moment(entry.at),
        "actor": entry.actor,
        "door": entry.door,
        "action": entry.action,
        "service": entry.service,
        "person": entry.person,
        "path": entry.path,
        "facts": dict(entry.facts),
    }


def signed_words(*, chain: int, number: int, digest: str, at: datetime, key: str) -> bytes:
    """What a checkpoint's signature is over."""
    said = {"kind": CHECKPOINT, "chain": chain, "number": number, "digest": digest}
    return canonical({**said, "at": moment(at), "key": key})


def canonical(said: Mapping[str, Any]) -> bytes:
    """JSON in one spelling: names in order, no blanks, ASCII."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def moment(at: datetime) -> str:
    """Microseconds, UTC: `2026-03-02T09:30:00.000000+00:00`, as both databases give it back."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def chain_of(path: str, operator: int) -> int:
    """The organisation a path ends at; the operator for what is nobody's."""
    last = path.rstrip(".").rpartition(".")[2]
    return int(last) if last else operator
