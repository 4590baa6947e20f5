"""The chains of the audit trail as verifying reads them, and how far it came."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from linekey.domain.trail import Entry
from linekey.records.chain import COLUMNS, heads_of
from linekey.records.models import AuditChain, AuditCheckpoint, AuditEntry, Organisation


def entries(chain: int, *, after: int, limit: int) -> list[Entry]:
    """In the order of their numbers, from the one behind `after`; 0 begins, with what has no right number."""
    rows = AuditEntry.objects.filter(chain=chain).order_by("number", "id")
    rows = rows.filter(number__gt=after) if after else rows.filter(number__isnull=False)
    return [Entry(*row) for row in rows.values_list(*COLUMNS)[:limit]]


def entry_at(chain: int, number: int) -> Entry | None:
    row = AuditEntry.objects.filter(chain=chain, number=number).values_list(*COLUMNS).first()
    return Entry(*row) if row else None


def without_number(chain: int) -> int:
    return AuditEntry.objects.filter(chain=chain, number=None).count()


def checkpoints(chain: int, *, after: int, upto: int | None) -> Iterator[AuditCheckpoint]:
    rows = AuditCheckpoint.objects.filter(chain=chain, number__gt=after).order_by("number")
    return (rows if upto is None else rows.filter(number__lte=upto)).iterator(1000)


def head(chain: int) -> AuditChain | None:
    return AuditChain.objects.filter(chain=chain).first()


def last_number(chain: int) -> int:
    found = AuditEntry.objects.filter(chain=chain, number__isnull=False).order_by("-number")
    return found.values_list("number", flat=True).first() or 0


def last_signed(chain: int) -> int:
    found = AuditCheckpoint.objects.filter(chain=chain).order_by("-number")
    return found.values_list("number", flat=True).first() or 0


def late_for_the_anchor(chain: int, moment: datetime) -> int | None:
    """Number of the first checkpoint made before `moment` which is not in the anchor file."""
    rows = AuditCheckpoint.objects.filter(chain=chain, anchored_at=None, at__lt=moment)
    return rows.order_by("number").values_list("number", flat=True).first()


def digests(chain: int, numbers: Iterable[int]) -> dict[int, str]:
    rows = AuditEntry.objects.filter(chain=chain, number__in=list(numbers))
    return {entry.number: entry.digest for entry in rows.only("number", "digest") if entry.number}


def signed_numbers(chain: int, numbers: Iterable[int]) -> set[int]:
    rows = AuditCheckpoint.objects.filter(chain=chain, number__in=list(numbers))
    return set(rows.values_list("number", flat=True))


def newest_anchored(chain: int) -> AuditCheckpoint | None:
    rows = AuditCheckpoint.objects.filter(chain=chain, anchored_at__isnull=False)
    return rows.order_by("-number").first()


def next_chain(after: int) -> int | None:
    """The chain behind `after` of which anything is left: an entry, a checkpoint or its end."""
    found = [
        table._default_manager.filter(chain__gt=after).aggregate(next=Min("chain"))["next"]
        for table in (AuditEntry, AuditCheckpoint, AuditChain)
    ]
    return min((each for each in found if each is not None), default=None)


def waiting_since(chain: int | None, moment: datetime) -> int:
    """Entries written before `moment` that have no place yet; of one chain, by the path it has, or of all."""
    rows: Any = AuditEntry.objects.filter(chain=None, at__lt=moment)
    if chain is not None:
        path = Organisation.objects.filter(pk=chain).values_list("path", flat=True).first() or ""
        rows = rows.filter(path=path)
    return int(rows.count())


def to_verify(path: str, since: datetime, *, but: Iterable[int]) -> AuditChain | None:
    """A chain of the branch which was not verified since, the one begun already first."""
    rows = AuditChain.objects.filter(path__startswith=path).exclude(verified_at__gte=since)
    rows = rows.exclude(chain__in=list(but))
    return rows.order_by(F("checking_since").desc(nulls_last=True), "chain").first()


def revive(path: str) -> None:
    """A chain whose end is kept nowhere, though entries or checkpoints are left, must not be missed."""
    left = Q(
        Exists(AuditEntry.objects.filter(chain=OuterRef("pk")))
        | Exists(AuditCheckpoint.objects.filter(chain=OuterRef("pk")))
    )
    known = AuditChain.objects.filter(chain=OuterRef("pk"))
    lost = Organisation.objects.filter(path__startswith=path).filter(~Exists(known), left)
    heads = heads_of(dict(lost.values_list("pk", "path")))
    AuditChain.objects.bulk_create(heads.values(), ignore_conflicts=True)


def came_to(head: AuditChain, number: int, found: list[dict[str, Any]], since: datetime) -> bool:
    """Note how far verifying came; False when somebody else did meanwhile, whose note stands."""
    rows = AuditChain.objects.filter(chain=head.chain, checked_number=head.checked_number)
    same = rows.filter(checking_since=head.checking_since)
    return bool(same.update(checked_number=number, checked_found=found, checking_since=since))


def verified(chain: int, *, number: int, found: list[dict[str, Any]], faults: int, now: datetime) -> None:
    AuditChain.objects.filter(chain=chain).update(
        verified_number=number,
        verified_at=now,
        found=found,
        faults=faults,
        checked_number=0,
        checked_found=[],
        checking_since=None,
    )


def so_far(path: str, since: datetime) -> dict[str, int]:
    """Of the chains of a branch: how many, how long, how many are verified since, and what was found."""
    done = Q(verified_at__gte=since)
    return AuditChain.objects.filter(path__startswith=path).aggregate(
        chains=Count("chain"),
        chains_done=Count("chain", filter=done),
        entries=Coalesce(Sum("number"), 0),
        entries_done=Coalesce(Sum("verified_number", filter=done), 0),
        under_way=Coalesce(Sum("checked_number", filter=Q(checking_since=since)), 0),
        faults=Coalesce(Sum("faults", filter=done), 0),
    )
