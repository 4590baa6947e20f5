"""Pause, resume or cancel a campaign. What was recorded before still becomes true: it is not taken back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import CampaignState
from linekey.records import audit, campaigns


def pause(*, actor: Actor, reference: str, now: datetime) -> None:
    """Nothing more is recorded until it is resumed. Raises what the others raise."""
    _move(actor, reference, CampaignState.PAUSED, now)


def resume(*, actor: Actor, reference: str, now: datetime) -> None:
    """After a pause, or after it stopped by itself; failures so far are forgiven then.

    Raises NotFound, NotAllowed, StepUpNeeded, ScopeNotGranted, CampaignOver.
    """
    _move(actor, reference, CampaignState.RUNNING, now, why="", paced_at=now)


def cancel(*, actor: Actor, reference: str, now: datetime) -> None:
    """Those which have no new secret yet keep the one they have. Raises what the others raise."""
    _move(actor, reference, CampaignState.CANCELLED, now)


def _move(actor: Actor, reference: str, to: CampaignState, now: datetime, **fields: Any) -> None:
    access.require(actor, Action.RUN_CAMPAIGN, owner_id=None, now=now)
    with transaction.atomic(durable=True):
        campaign = campaigns.found(actor, reference, lock=True)
        if to is CampaignState.RUNNING:
            to = CampaignState.RUNNING if campaign.listed else CampaignState.DRAFTED
            fields |= {"forgiven": campaign.failed, "judged": campaign.done + campaign.failed}
        was = campaign.state
        campaigns.move(campaign, to, now=now, **fields)
        acts = {CampaignState.PAUSED: "pause", CampaignState.CANCELLED: "cancel"}
        audit.write(
            action=f"campaign.{acts.get(to, 'resume')}",
            now=now,
            actor=actor,
            organisation=campaign.made_by.organisation,
            campaign=campaign.reference,
            was=was,
            done=str(campaign.done),
            waiting=str(campaign.waiting),
        )
