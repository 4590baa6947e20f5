"""What has become of the services of a campaign: taken, refused, or given a newer secret by somebody else.

Within the transaction which holds the campaign. Reads what hands wrote down; asks no element.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from linekey.domain.campaigns import LINE_MOVES, HandOver, LineState, Reason
from linekey.domain.effects import EffectKind, StepState
from linekey.domain.lifecycle import State
from linekey.records import many
from linekey.records.models import Campaign, CampaignLine, CredentialVersion, OutboxEffect

AT_ONCE = 2000
MEASURED_EVERY = timedelta(seconds=5)
_NOT_SENT = (StepState.WAITING, StepState.CLAIMED, StepState.DEAD, StepState.BLOCKED)


def follow(campaign: Campaign, *, now: datetime) -> None:
    """Counters and lines move together; the caller saves the campaign."""
    recorded = CampaignLine.objects.filter(campaign=campaign, state=LineState.RECORDED)
    _settle(campaign, LineState.DONE, _taken(campaign, recorded))
    _settle(campaign, LineState.DONE, recorded.filter(Exists(_newer())), Reason.OVERTAKEN)
    refused = Q(version__state=State.ABANDONED) | Exists(_dead())
    _settle(campaign, LineState.FAILED, recorded.filter(refused), Reason.REFUSED)
    if campaign.failed:
        failed = CampaignLine.objects.filter(campaign=campaign, state=LineState.FAILED)
        _settle(campaign, LineState.DONE, _taken(campaign, failed))
    _measure(campaign, now)


def _taken(campaign: Campaign, lines: QuerySet[CampaignLine]) -> QuerySet[CampaignLine]:
    live = lines.filter(version__live_at__isnull=False)
    if campaign.hand_over != HandOver.LINK:
        return live
    # Where the old secret is compromised the element comes first: the owner must hold the link as well.
    link = OutboxEffect.objects.filter(version=OuterRef("version"), kind=EffectKind.INVITE)
    return live.exclude(Exists(link.filter(state__in=_NOT_SENT)))


def _newer() -> QuerySet[CredentialVersion]:
    later = CredentialVersion.objects.filter(
        service=OuterRef("service"), number__gt=OuterRef("version__number")
    )
    return later.exclude(state=State.ABANDONED)


def _dead() -> QuerySet[OutboxEffect]:
    steps = OutboxEffect.objects.filter(version=OuterRef("version"), state=StepState.DEAD)
    return steps.filter(kind__in=(EffectKind.INVITE, EffectKind.PUSH))


def _settle(
    campaign: Campaign, to: LineState, lines: QuerySet[CampaignLine], reason: Reason | None = None
) -> None:
    movable = [was for was, moves in LINE_MOVES.items() if to in moves]
    found = dict(lines.filter(state__in=movable).values_list("pk", "state")[:AT_ONCE])
    for was in {LineState(state) for state in found.values()}:
        those = [key for key, state in found.items() if state == was]
        moved = CampaignLine.objects.filter(many.among("pk", those), state=was).update(
            state=to, reason=reason or ""
        )
        count(campaign, was, to, moved)


def count(campaign: Campaign, was: LineState, to: LineState, moved: int) -> None:
    setattr(campaign, was, getattr(campaign, was) - moved)
    setattr(campaign, to, getattr(campaign, to) + moved)


def _measure(campaign: Campaign, now: datetime) -> None:
    gone = now - campaign.measured_at
    if gone >= MEASURED_EVERY:
        through = campaign.done + campaign.failed + campaign.skipped
        campaign.speed = (through - campaign.measured) / gone.total_seconds()
        campaign.measured, campaign.measured_at = through, now
