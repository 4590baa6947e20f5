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
    bulk = models.BooleanField(default=False)
    """One of thousands: what somebody waits for before a screen goes first, by hands of its own."""
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
    request = models.CharField(max_length=64, blank=True)
    """Number of the request which made the promise; empty for what no request did."""

    class Meta:
        indexes = [
            # Whole: SQLite does not see that a question with bound values asks for a part of it.
            models.Index(fields=["lane", "state", "id"], name="open_by_lane"),
            models.Index(fields=["state", "id"], name="by_state"),
            # Where the worker looks at each commit: a campaign's hundred thousand are in nobody's way.
            models.Index(
                fields=["state", "not_before"],
                condition=Q(bulk=False, state__in=("waiting", "claimed")),
                name="open_by_moment",
            ),
            models.Index(fields=["service", "-id"], name="by_service"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="by_settling"),
        ]
