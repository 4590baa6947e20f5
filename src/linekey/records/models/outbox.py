"""Promises made in the same transaction as the change. The row is the promise."""

from django.db import models
from django.db.models import Q

from linekey.records.models.credentials import CredentialVersion
from linekey.records.models.people import Person
from linekey.records.models.services import Service


class OutboxEffect(models.Model):
    plan = models.CharField(max_length=40, db_index=True)
    """Effects of one change; a dead one blocks those behind it in the same plan."""
    step = models.PositiveSmallIntegerField()
    lane = models.CharField(max_length=80)
    """One at a time and in `id` order within a lane (law 1)."""
    kind = models.CharField(max_length=16)
    service = models.ForeignKey(Service, models.CASCADE, null=True)
    version = models.ForeignKey(CredentialVersion, models.CASCADE, null=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    message = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    """Also the fencing token: a worker settles only what it claimed (law 2)."""
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    """What the outside answered: `{"answers": ["ack"]}`, `{"dropped": 1}`."""
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "id"], condition=Q(state__in=["waiting", "claimed"]), name="open_by_lane"
            ),
            models.Index(fields=["state", "id"], name="by_state"),
            models.Index(fields=["service", "-id"], name="by_service"),
        ]
