"""What a drill prints, and what it writes as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from drill.proofs import Proof
from drill.trouble import Event

_FAULTS_SHOWN = 5
_WORDS = {
    "worker": "kill -9 of a worker",
    "web": "kill -9 of a web process",
    "primary": "kill -9 of the primary's machine",
    "hang": "the primary's machine hangs",
}


@dataclass(frozen=True)
class Seen:
    changes: int
    lines: int
    campaign: int
    seconds: float
    """From the first change to the last answer."""
    settled_after: float
    """From the last answer until the outbox was empty."""
    gap: float
    """Longest time between two accepted changes."""
    again: Mapping[str, int]
    statuses: Mapping[int, int]
    events: Sequence[Event]
    proofs: Sequence[Proof]
    whole: float
    """Seconds the drill took, start and end included."""


def told(seen: Seen) -> Iterator[str]:
    yield ""
    for event in seen.events:
        yield (
            f"  {event.at:6.1f} s  {_WORDS[event.what]}: {event.told}"
            f" (after {event.accepted} changes and {event.campaign} lines of the campaign)"
        )
    failovers = ", ".join(f"{event.seconds:.1f} s" for event in seen.events if event.seconds)
    again = ", ".join(f"{count} × {why}" for why, count in sorted(seen.again.items())) or "none"
    yield ""
    yield (
        f"  {seen.changes} changes on {seen.lines} lines in {seen.seconds:.1f} s, beside a campaign"
        f" of {seen.campaign} lines; all was settled {seen.settled_after:.1f} s later"
    )
    yield f"  until another PostgreSQL took writes        {failovers}"
    yield f"  longest time without an accepted change   {seen.gap:6.1f} s"
    yield f"  requests sent again                       {sum(seen.again.values()):6}    {again}"
    yield f"  answers                                   {sum(seen.statuses.values()):6}    " + ", ".join(
        f"{count} × {status}" for status, count in sorted(seen.statuses.items())
    )
    yield ""
    for proof in seen.proofs:
        yield f"  {'holds ' if proof.holds else 'FAILS '} {proof.looked_at:6}  {proof.name}"
        yield from (f"                  {fault}" for fault in proof.faults[:_FAULTS_SHOWN])
        if len(proof.faults) > _FAULTS_SHOWN:
            yield f"                  … {len(proof.faults) - _FAULTS_SHOWN} more"
    failed = sum(not proof.holds for proof in seen.proofs)
    yield ""
    yield f"{len(seen.proofs)} proofs, {failed} fail; {seen.whole:.0f} s in all."


def as_json(seen: Seen) -> dict[str, Any]:
    proofs = [
        {"name": each.name, "looked_at": each.looked_at, "holds": each.holds, "faults": list(each.faults)}
        for each in seen.proofs
    ]
    return asdict(seen) | {"proofs": proofs}
