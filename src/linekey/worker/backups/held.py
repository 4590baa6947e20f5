"""What a restored desk must not do by itself: it is behind the world, and does not know how far.

An open promise may have been kept since, and a newer one after it: made true once more, it would bring an old
password back (law 3). So a person decides, change by change; what only looks, and what tells a program, which
knows repeated events by their number, goes on.
"""

from datetime import datetime

from django.db import connection
from django.db.models import Exists, Model, OuterRef

from linekey.domain.campaigns import AT_WORK, CampaignState
from linekey.domain.effects import OPEN_STATES, EffectKind, StepState
from linekey.records.models import Campaign, OpenSession, OutboxEffect

TROUBLE = "restored from the backup of %s: look whether it was done since, then retry or abandon it"
_GO_ON = (EffectKind.OBSERVE, EffectKind.WEBHOOK)


def end_sessions(now: datetime) -> int:
    """Browsers' sessions are in no backup: nobody holds what would open these."""
    return OpenSession.objects.filter(ended_at=None).update(ended_at=now) if _there(OpenSession) else 0


def hold_promises(taken_at: datetime, now: datetime) -> int:
    """How many changes wait for a person: of each the first open step is dead, and blocks what follows."""
    promised = OutboxEffect.objects.exclude(kind__in=_GO_ON)
    same_plan = promised.filter(plan=OuterRef("plan"), id__lt=OuterRef("id"))
    behind = promised.filter(Exists(same_plan.filter(state__in=(*OPEN_STATES, StepState.BLOCKED))))
    behind.filter(state__in=OPEN_STATES).update(state=StepState.BLOCKED, lease_until=None)
    trouble = TROUBLE % f"{taken_at:%Y-%m-%d %H:%M} UTC"
    first = promised.filter(state__in=OPEN_STATES)
    return first.update(state=StepState.DEAD, settled_at=now, lease_until=None, last_trouble=trouble)


def pause_campaigns() -> int:
    at_work = Campaign.objects.filter(state__in=AT_WORK)
    return at_work.update(state=CampaignState.PAUSED) if _there(Campaign) else 0


def _there(model: type[Model]) -> bool:
    """Did the release of the backup have this table?"""
    return model._meta.db_table in connection.introspection.table_names()
