"""Verify the chains of the audit trail: against themselves, their signed checkpoints, and the anchor file.

A window of entries at a time, so that memory does not grow with the trail. Changes nothing of what it judges.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.trail_walk import Finding
from linekey.records import audit
from linekey.records import chain_reading as chain
from linekey.usecases.judge_chain import against_anchor, every_chain, stretch
from linekey.vault.signing import Verifier

WINDOW = 2000
AT_ONCE = 20_000
"""Entries verified for one request: a second or so."""
CHAINS_AT_ONCE = 200
FOUND_KEPT = 100
"""Findings of one chain which its page shows; the command prints them all."""


@dataclass(frozen=True)
class Run:
    """How far verifying a branch has come."""

    since: datetime
    chains: int
    chains_done: int
    entries: int
    entries_done: int
    faults: int
    """Found so far, notes aside."""
    ended: bool


def verify(*, now: datetime, only: int | None = None) -> Iterator[Finding]:
    """Everything, or chain `only`, from its first entry to the anchor file."""
    verifier, seen = Verifier(), set[Finding]()
    for each in [only] if only is not None else every_chain():
        number, ended = 0, False
        while not ended:
            part = stretch(each, after=number, limit=WINDOW, verifier=verifier, now=now)
            number, ended = part.number, part.ended
            seen |= {finding for finding in part.found if finding.code == "cut_tail"}
            yield from part.found
    anchored = against_anchor({only} if only is not None else None, verifier)
    yield from (finding for finding in anchored if finding not in seen)


def verify_some(*, actor: Actor, since: datetime | None, now: datetime, at_once: int = AT_ONCE) -> Run:
    """Go on verifying the actor's branch, for about a second; `since` is that of the run, None begins one.

    Raises NotAllowed, ScopeNotGranted.
    """
    access.require(actor, Action.SEE_AUDIT, owner_id=None, now=now)
    if since is None or since > now:
        since = now
        chain.revive(actor.path)
    verifier, left = Verifier(), at_once
    ended: dict[int, tuple[int, list[Finding]]] = {}
    while left > 0 and len(ended) < CHAINS_AT_ONCE:
        head = chain.to_verify(actor.path, since, but=ended)
        if head is None:
            break
        goes_on = head.checking_since is not None and head.checking_since >= since
        after, before = (head.checked_number, _read(head.checked_found)) if goes_on else (0, [])
        part = stretch(head.chain, after=after, limit=min(left, WINDOW), verifier=verifier, now=now)
        left -= WINDOW
        found = [*before, *part.found]
        if part.ended:
            ended[head.chain] = part.number, found
        else:
            chain.came_to(head, part.number, _kept(found), since)
    _note(ended, verifier, now)
    run = _run(actor, since)
    if run.ended and ended:
        with transaction.atomic(durable=True):
            audit.write(
                action="audit.verified",
                now=now,
                actor=actor,
                chains=str(run.chains),
                faults=str(run.faults),
            )
    return run


def _note(ended: dict[int, tuple[int, list[Finding]]], verifier: Verifier, now: datetime) -> None:
    """Chains that were walked to their end: the anchor file is read once for all of them."""
    for finding in against_anchor(ended.keys(), verifier) if ended else ():
        if finding.chain in ended:
            ended[finding.chain][1].append(finding)
    for each, (number, found) in ended.items():
        once = list(dict.fromkeys(found))
        faults = sum(not finding.is_note for finding in once)
        chain.verified(each, number=number, found=_kept(once), faults=faults, now=now)


def _run(actor: Actor, since: datetime) -> Run:
    told = chain.so_far(actor.path, since)
    under_way = told.pop("under_way")
    told["entries_done"] += under_way
    return Run(since=since, ended=told["chains_done"] == told["chains"], **told)


def _kept(found: list[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in found[:FOUND_KEPT]]


def _read(kept: list[dict[str, Any]]) -> list[Finding]:
    return [Finding(**each) for each in kept]
