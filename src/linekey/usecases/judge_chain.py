"""Judge one chain: against itself, its signed checkpoints, and the anchor file. Changes nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from linekey.domain.trail import signed_words
from linekey.domain.trail_walk import Finding, Tail, walk
from linekey.records import chain_reading as chain
from linekey.records.chain import SIGN_EVERY
from linekey.records.models import AuditCheckpoint
from linekey.vault import anchor
from linekey.vault.anchor import Line
from linekey.vault.signing import Verifier

LINES = 500
LATE = timedelta(minutes=1)
"""What a worker does every second, and has not done for so long, is a finding."""


@dataclass(frozen=True)
class Stretch:
    """Part of a chain, verified."""

    found: list[Finding]
    number: int
    """How far it went."""
    ended: bool
    """Was this the end of the chain?"""


def stretch(each: int, *, after: int, limit: int, verifier: Verifier, now: datetime) -> Stretch:
    """Up to `limit` entries of a chain, from the one behind `after`, whose digest is taken as it stands."""
    before = chain.entry_at(each, after) if after else None
    tail = Tail(after, before.digest, before.at) if before else Tail(after)
    rows = chain.entries(each, after=after, limit=limit)
    found, tail = walk(rows, tail)
    ended = len(rows) < limit
    digests, beyond = {row.number: row.digest for row in rows}, tail.number
    for checkpoint in chain.checkpoints(each, after=after, upto=None if ended else tail.number):
        if not _holds(checkpoint, verifier):
            found.append(_at("bad_signature", each, checkpoint.number))
        elif checkpoint.number > tail.number:
            beyond = checkpoint.number
        elif digests.get(checkpoint.number, checkpoint.digest) != checkpoint.digest:
            found.append(_at("rewritten", each, checkpoint.number))
    if ended:
        head = chain.head(each)
        beyond = max(beyond, head.number if head is not None else 0)
        if beyond > tail.number:
            found.append(Finding("cut_tail", each, tail.number + 1, beyond))
        found += _end(each, tail.number, now)
    return Stretch(found, tail.number, ended)


def _end(each: int, last: int, now: datetime) -> Iterator[Finding]:
    signed = chain.last_signed(each)
    if chain.without_number(each):
        yield _at("inserted", each, 0)
    if waiting := chain.waiting_since(each, now - LATE):
        yield Finding("unchained", each, 1, waiting)
    first = chain.entry_at(each, signed + 1)
    if first is not None and first.at < now - SIGN_EVERY - LATE:
        yield Finding("unsigned", each, signed + 1, last)
    late = chain.late_for_the_anchor(each, now - LATE)
    if late is not None:
        yield _at("anchor_late", each, late)


def against_anchor(chains: Collection[int] | None, verifier: Verifier) -> Iterator[Finding]:
    """Of some chains, or of all: what was signed outside the database against what is in it."""
    ends: dict[int, int] = {}
    beyond: dict[int, int] = {}
    read = anchor.lines(chains)
    while block := list(islice(read, LINES)):
        told: dict[int, dict[int, tuple[int, Line]]] = {}
        for place, line in block:
            if line is None:
                yield _at("anchor_unreadable", 0, place)
            else:
                told.setdefault(line.chain, {})[line.number] = place, line
        for each, lines in told.items():
            digests, signed = chain.digests(each, lines), chain.signed_numbers(each, lines)
            for number, (place, line) in lines.items():
                if digests.get(number) != line.digest and not _line_holds(line, verifier):
                    yield _at("anchor_unreadable", each, place)
                    continue
                ends[each] = max(ends.get(each, 0), number)
                if number not in digests:
                    beyond[each] = ends[each]
                elif digests[number] != line.digest:
                    yield _at("rewritten", each, number)
                elif number not in signed:
                    yield _at("no_checkpoint", each, number)
    for each, number in beyond.items():
        last = chain.last_number(each)
        if number > last:
            yield Finding("cut_tail", each, last + 1, number)
    for each in every_chain() if chains is None else chains:
        newest = chain.newest_anchored(each)
        if newest is not None and newest.number > ends.get(each, 0):
            yield _at("anchor_cut", each, newest.number)


def every_chain() -> Iterator[int]:
    each = chain.next_chain(-1)
    while each is not None:
        yield each
        each = chain.next_chain(each)


def _holds(checkpoint: AuditCheckpoint, verifier: Verifier) -> bool:
    words = signed_words(
        chain=checkpoint.chain,
        number=checkpoint.number,
        digest=checkpoint.digest,
        at=checkpoint.at,
        key=checkpoint.key_id,
    )
    return verifier.holds(checkpoint.key_id, checkpoint.signature, words)


def _line_holds(line: Line, verifier: Verifier) -> bool:
    try:
        at = datetime.fromisoformat(line.at)
        words = signed_words(chain=line.chain, number=line.number, digest=line.digest, at=at, key=line.key)
    except (ValueError, OverflowError):
        return False
    return verifier.holds(line.key, line.signature, words)


def _at(code: str, each: int, number: int) -> Finding:
    return Finding(code, each, number, number)
