"""Campaigns as their operators see them: kept counters, and lines by key. Nothing is counted for a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import KEPT, CampaignMode, CampaignState, HandOver, LineState
from linekey.domain.errors import NotFound
from linekey.records import campaigns as rows
from linekey.records.models import Campaign, CampaignLine, CampaignSecret

LIST_ROWS = 50


@dataclass(frozen=True)
class CampaignRow:
    reference: str
    name: str
    state: CampaignState
    mode: CampaignMode
    hand_over: HandOver
    made_by: str
    created_at: datetime
    ended_at: datetime | None
    total: int
    waiting: int
    recorded: int
    done: int
    failed: int
    skipped: int

    @property
    def percent(self) -> int:
        """Whole, of those which are through; rounded down, so that 100 means all."""
        return (self.done + self.failed + self.skipped) * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class FileRow:
    uid: str
    lines: int
    made_at: datetime
    until: datetime


@dataclass(frozen=True)
class CampaignPage:
    row: CampaignRow
    why: str
    filters: dict[str, str]
    rate: int
    wave: int
    pause: timedelta
    stop_percent: int
    stop_count: int
    speed: float
    """Services per second, lately; 0 while it stands still."""
    left: timedelta | None
    """How long it takes still; None when that is not known, or over."""
    next_wave_at: datetime | None
    mine: bool
    waiting_until: datetime | None
    """Until when the first secret waits to be taken; None when none does, or for anybody but the maker."""
    files: tuple[FileRow, ...]
    """For the maker alone."""


@dataclass(frozen=True)
class CampaignLineRow:
    id: int
    reference: str
    name: str
    organisation: str
    state: LineState
    reason: str


def campaigns(actor: Actor, *, after: str = "", limit: int = LIST_ROWS, now: datetime) -> list[CampaignRow]:
    """Newest first; `after` is the reference of the last row of the page before. Raises NotAllowed."""
    _require(actor, now)
    found = rows.visible(actor).order_by("-id")
    if after:
        try:
            found = found.filter(pk__lt=rows.found(actor, after).pk)
        except NotFound:
            return []
    return [_row(campaign) for campaign in found[:limit]]


def campaign(actor: Actor, reference: str, *, now: datetime) -> CampaignPage:
    """Raises NotFound, NotAllowed."""
    _require(actor, now)
    found = rows.found(actor, reference)
    pace, mine = rows.orders_of(found).pace, found.made_by_id == actor.person_id
    runs = found.state == CampaignState.RUNNING
    left = pace.left(found.waiting, in_wave=found.in_wave, speed=found.speed) if runs else None
    return CampaignPage(
        row=_row(found),
        why=found.why,
        filters=dict(found.filters),
        rate=found.rate,
        wave=found.wave,
        pause=pace.pause,
        stop_percent=found.stop_percent,
        stop_count=found.stop_count,
        speed=found.speed if runs else 0,
        left=left,
        next_wave_at=found.paced_at if runs and found.paced_at > now else None,
        mine=mine,
        waiting_until=_waiting_until(found, now) if mine else None,
        files=_files(found, now) if mine else (),
    )


def campaign_lines(
    actor: Actor,
    reference: str,
    *,
    state: LineState | None = None,
    after: int = 0,
    limit: int = LIST_ROWS,
    now: datetime,
) -> list[CampaignLineRow]:
    """In their order; `after` is the number of the last row before. Raises NotFound, NotAllowed."""
    _require(actor, now)
    found = CampaignLine.objects.filter(campaign=rows.found(actor, reference), pk__gt=after)
    if state is not None:
        found = found.filter(state=state)
    known = found.select_related("service__organisation").order_by("pk")
    return [
        CampaignLineRow(
            id=line.pk,
            reference=line.service.reference,
            name=line.service.name,
            organisation=line.service.organisation.name,
            state=LineState(line.state),
            reason=line.reason,
        )
        for line in known[:limit]
    ]


def _require(actor: Actor, now: datetime) -> None:
    access.require(actor, Action.SEE_CAMPAIGNS, owner_id=None, now=now)


def _row(campaign: Campaign) -> CampaignRow:
    return CampaignRow(
        reference=campaign.reference,
        name=campaign.name,
        state=CampaignState(campaign.state),
        mode=CampaignMode(campaign.mode),
        hand_over=HandOver(campaign.hand_over),
        made_by=campaign.made_by.full_name,
        created_at=campaign.created_at,
        ended_at=campaign.ended_at,
        total=campaign.total,
        waiting=campaign.waiting,
        recorded=campaign.recorded,
        done=campaign.done,
        failed=campaign.failed,
        skipped=campaign.skipped,
    )


def _waiting_until(campaign: Campaign, now: datetime) -> datetime | None:
    waiting = CampaignSecret.objects.filter(line__campaign=campaign, made_at__gt=now - KEPT)
    first = waiting.order_by("pk").values_list("made_at", flat=True).first()
    return first + KEPT if first else None


def _files(campaign: Campaign, now: datetime) -> tuple[FileRow, ...]:
    made = campaign.files.filter(made_at__gt=now - KEPT).order_by("id")
    return tuple(
        FileRow(uid, lines, at, at + KEPT) for uid, lines, at in made.values_list("uid", "lines", "made_at")
    )
