"""Purge what a campaign hands over, once it is kept long enough: secrets nobody took, and files that were.

Apart from who takes them: a worker locks no file.
"""

from datetime import datetime

from linekey.domain.campaigns import KEPT
from linekey.records.models import CampaignFile, CampaignSecret


def purge_due(*, now: datetime) -> None:
    """By the clock."""
    CampaignSecret.objects.filter(made_at__lte=now - KEPT).delete()
    CampaignFile.objects.filter(made_at__lte=now - KEPT).delete()
