"""Begin a campaign. It is written down, with what was chosen; the worker does the rest (NEW-6)."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from linekey.domain import access, names
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import CampaignState, Orders
from linekey.domain.errors import NobodyToRotate
from linekey.records import audit, campaigns, search
from linekey.records.models import Campaign
from linekey.records.search_words import Filters, question


def start(*, actor: Actor, name: str, filters: Filters, orders: Orders, operation: str, now: datetime) -> str:
    """Its reference; the same one when `operation` comes a second time.

    Raises NotAllowed, StepUpNeeded, ScopeNotGranted, Malformed; NobodyToRotate when the filters find nothing.
    """
    access.require(actor, Action.RUN_CAMPAIGN, owner_id=None, now=now)
    question(filters)
    named = names.read_firm(name, field="name")
    plan = uuid5(NAMESPACE_URL, f"linekey:campaign:{actor.person_id}:{operation}").hex
    if not search.found(actor, filters, limit=1):
        raise NobodyToRotate()
    with transaction.atomic(durable=True):
        campaign, new = Campaign.objects.get_or_create(
            plan=plan,
            defaults={
                "reference": campaigns.new_reference(),
                "name": named,
                "made_by_id": actor.person_id,
                "door": actor.door,
                "path": actor.path,
                "filters": filters.given,
                "mode": orders.mode,
                "hand_over": orders.hand_over,
                "state": CampaignState.DRAFTED,
                "rate": orders.pace.rate,
                "wave": orders.pace.wave,
                "pause": int(orders.pace.pause.total_seconds()),
                "stop_percent": orders.brake.percent,
                "stop_count": orders.brake.count,
                "paced_at": now,
                "measured_at": now,
                "created_at": now,
            },
        )
        if new:
            asked = "; ".join(f"{field}={value}" for field, value in filters.given.items())
            audit.write(
                action="campaign.start",
                now=now,
                actor=actor,
                campaign=campaign.reference,
                filters=asked,
                mode=orders.mode,
                hand_over=orders.hand_over,
            )
    return campaign.reference
