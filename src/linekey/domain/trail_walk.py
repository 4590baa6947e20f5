"""Walk a chain in order and say what was done to it: pure, a window of entries at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.domain.errors import N_
from linekey.domain.trail import Entry, sealed

CLOCKS_DIFFER = timedelta(minutes=5)
"""Machines' clocks, and how long a transaction may take after it looked at its own."""
MANY = 32
"""Of more suspects than that nobody asks where each belongs: the chain was written anew."""

SENTENCES = {
    "altered": N_("Entries %(first)s to %(last)s do not say what was sealed: they were changed."),
    "altered_one": N_("Entry %(first)s does not say what was sealed: it, or the one before it, was changed."),
    "moved": N_("What stands at number %(first)s was sealed at number %(last)s: the order was changed."),
    "inserted": N_("Entry %(first)s was put in: it was never sealed at this place."),
    "missing": N_("Entries %(first)s to %(last)s are missing."),
    "missing_one": N_("Entry %(first)s is missing."),
    "cut_tail": N_("Entries %(first)s to %(last)s are missing: the end was cut off after it was sealed."),
    "cut_tail_one": N_("Entry %(first)s is missing: the end was cut off after it was sealed."),
    "rewritten": N_("Entry %(first)s is not the one that was signed: everything up to it may be changed."),
    "bad_signature": N_("The checkpoint at entry %(first)s is not signed by a key of ours."),
    "no_checkpoint": N_(
        "The checkpoint at entry %(first)s is in the anchor file and no longer in the table."
    ),
    "anchor_cut": N_("The anchor file lacks the checkpoint at entry %(first)s: lines were taken out."),
    "anchor_unreadable": N_("Line %(first)s of the anchor file cannot be read or is not signed by us."),
    "anchor_late": N_("The checkpoint at entry %(first)s waits to be written into the anchor file."),
    "unchained": N_("%(last)s entries wait to be sealed. Is a worker running?"),
    "unsigned": N_("Entries %(first)s to %(last)s wait to be signed. Is a worker running?"),
    "clock_back": N_("At entry %(first)s the clock went back."),
}
"""By code; what verifying says to a person."""
NOTES = frozenset({"clock_back"})
"""Worth a look, and no sign of tampering."""


@dataclass(frozen=True)
class Finding:
    code: str
    chain: int
    first: int
    last: int
    """The numbers it is about, both included; where an entry belongs when it was moved."""

    @property
    def is_note(self) -> bool:
        return self.code in NOTES

    @property
    def sentence(self) -> str:
        """To be translated, and filled with `first` and `last`."""
        one = f"{self.code}_one"
        return SENTENCES[one if one in SENTENCES and self.first == self.last else self.code]

    def names(self, number: int) -> bool:
        """Is this entry of the chain one of those it is about?"""
        if self.code == "moved":
            return number in (self.first, self.last)
        return self.first <= number <= self.last


@dataclass(frozen=True)
class Tail:
    """How far a chain was walked: the last number met, its digest as it stands, its moment."""

    number: int = 0
    digest: str = ""
    at: datetime | None = None


def walk(entries: Sequence[Entry], tail: Tail) -> tuple[list[Finding], Tail]:
    """One window of a chain, by number, behind `tail`."""
    found: list[Finding] = []
    suspects: list[Entry] = []
    begun, proper = tail, tail.digest
    for entry in entries:
        if entry.number <= tail.number:
            found.append(_about("inserted", entry))
            continue
        if tail.at is not None and entry.at < tail.at - CLOCKS_DIFFER:
            found.append(_about("clock_back", entry))
        if entry.number > tail.number + 1:
            found.append(Finding("missing", entry.chain, tail.number + 1, entry.number - 1))
            proper = entry.digest  # What stood before is gone: the entry itself cannot be judged.
        else:
            seals = [sealed(entry, previous) for previous in {tail.digest, proper}]
            if entry.digest not in seals:
                suspects.append(entry)
            # After a digest that was swapped, those who follow from the proper one are innocent.
            proper = entry.digest if entry.digest in seals else sealed(entry, proper)
        tail = Tail(entry.number, entry.digest, entry.at)
    return [*found, *_named(suspects, entries, begun)], tail


def _named(suspects: list[Entry], entries: Sequence[Entry], begun: Tail) -> Iterator[Finding]:
    home = _belonging(suspects, entries, begun) if len(suspects) <= MANY else {}
    taken = set(home.values())
    altered: list[Entry] = []
    for entry in suspects:
        place = home.get(entry.id)
        if place is not None and place != entry.number:
            yield Finding("moved", entry.chain, entry.number, place)
        elif place is None and entry.number in taken:
            yield _about("inserted", entry)
        elif place is None:
            altered.append(entry)
    yield from _runs(altered)


def _belonging(suspects: list[Entry], entries: Sequence[Entry], begun: Tail) -> dict[int, int]:
    """By id, the number under which a suspect's own digest is right.

    Each one placed tells the true digest of its place, by which the one after it may be placed.
    """
    stands = {begun.number: begun.digest} | {entry.number: entry.digest for entry in entries}
    places = sorted({entry.number for entry in suspects} | {max(stands) + 1})
    home: dict[int, int] = {}
    placed: dict[int, str] = {}
    again = True
    while again:
        again = False
        for entry in (each for each in suspects if each.id not in home):
            for place in (each for each in places if each not in placed):
                before = {placed.get(place - 1), stands.get(place - 1), stands.get(entry.number - 1)}
                if entry.digest in {sealed(entry, one, place) for one in before if one is not None}:
                    home[entry.id], placed[place], again = place, entry.digest, True
                    break
    return home


def _runs(altered: Iterable[Entry]) -> Iterator[Finding]:
    """Neighbours are one finding."""
    run: Finding | None = None
    for entry in altered:
        if run is not None and entry.number == run.last + 1:
            run = Finding("altered", run.chain, run.first, entry.number)
            continue
        if run is not None:
            yield run
        run = _about("altered", entry)
    if run is not None:
        yield run


def _about(code: str, entry: Entry) -> Finding:
    return Finding(code, entry.chain, entry.number, entry.number)
