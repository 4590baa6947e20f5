"""Tell, before a campaign begins, what it would do to how many services. Changes nothing (NEW-6)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import LISTED_AT_ONCE, Orders, Reason
from linekey.records import search, sifting
from linekey.records.search_words import Filters, question
from linekey.records.sifting import Sifted

MOST = 20_000
"""Services looked at: beyond, the preview says « at least ». The campaign itself takes them all."""
SAMPLE = 10


@dataclass(frozen=True)
class Example:
    reference: str
    name: str
    reason: Reason | None


@dataclass
class Preview:
    found: int = 0
    rotated: int = 0
    """Of those found, how many get a new secret."""
    whole: bool = True
    """False when there are more than were looked at."""
    by_kind: Counter[str] = field(default_factory=Counter)
    """Those rotated, by `Service.kind`."""
    left: Counter[Reason] = field(default_factory=Counter)
    sample: list[Example] = field(default_factory=list)
    """The first ones that are rotated."""
    sample_left: list[Example] = field(default_factory=list)
    """The first ones that are not."""


def preview(*, actor: Actor, filters: Filters, orders: Orders, now: datetime, most: int = MOST) -> Preview:
    """Read batch by batch, until `most` services were looked at.

    Raises NotAllowed, StepUpNeeded, ScopeNotGranted, Malformed.
    """
    access.require(actor, Action.RUN_CAMPAIGN, owner_id=None, now=now)
    question(filters)
    told, beyond = Preview(), None
    while keys := search.found(actor, filters, beyond=beyond, limit=LISTED_AT_ONCE):
        if told.found >= most:
            told.whole = False
            break
        beyond = keys[-1]
        batch = sifting.services(keys)
        found = sifting.sifted(batch, mode=orders.mode, hand_over=orders.hand_over, path=actor.path)
        for each in reversed(found):
            _count(told, each)
    return told


def _count(told: Preview, each: Sifted) -> None:
    told.found += 1
    example = Example(each.service.reference, each.service.name, each.reason)
    if each.reason is None:
        told.rotated += 1
        told.by_kind[each.service.kind] += 1
    else:
        told.left[each.reason] += 1
    sample = told.sample if each.reason is None else told.sample_left
    if len(sample) < SAMPLE:
        sample.append(example)
