"""Where events are sent to, and what became of each. The secret that signs is sealed: it must be used."""

from django.db import models

from linekey.records.models.organisations import Organisation
from linekey.records.models.people import Person


class WebhookEndpoint(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    path = models.CharField(max_length=120, db_index=True)
    """Of its organisation: it gets the events of this branch, and of nothing else."""
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    types = models.JSONField(default=list)
    """Names of `domain.webhooks.TYPES`; all when empty."""
    sealed = models.BinaryField()
    """What signs, 32 random bytes."""
    sealed_before = models.BinaryField(default=b"")
    """What signed before the last rotation; it signs as well until `before_until`."""
    before_until = models.DateTimeField(null=True)
    operation = models.CharField(max_length=120, unique=True)
    """The request which made it: sent twice, it makes one."""
    renewed_by = models.CharField(max_length=120, blank=True)
    """The request which renewed the secret last."""
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    enabled = models.BooleanField(default=True)
    disabled_why = models.CharField(max_length=8, blank=True)
    """`domain.webhooks.Why`."""
    disabled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    failing_since = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    """Nothing is sent before: it failed several times in a row."""
    gone = models.BooleanField(default=False)
    """It answered 410."""

    class Meta:
        indexes = [
            models.Index(
                fields=["failing_since"],
                condition=models.Q(enabled=True, failing_since__isnull=False),
                name="failing_webhooks",
            )
        ]

    @property
    def seal_place(self) -> str:
        return f"webhook:{self.reference}"


class WebhookDelivery(models.Model):
    """One event for one endpoint. Written in the transaction of the change; kept for 30 days."""

    reference = models.CharField(max_length=32, unique=True)
    """Drawn: a number would tell how much others do."""
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    """`webhook-id`: the same for every endpoint and every attempt."""
    type = models.CharField(max_length=40)
    request = models.CharField(max_length=64, blank=True)
    """Number of the request which made the change."""
    body = models.TextField()
    state = models.CharField(max_length=12, default="waiting")
    """`domain.webhooks.DeliveryState`."""
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(db_index=True)
    next_at = models.DateTimeField(null=True)
    """When it is to be sent again; None while it is to be sent now, and when it is over."""
    last_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_answer = models.CharField(max_length=300, blank=True)
    """How the answer began, made inert."""
    last_trouble = models.CharField(max_length=300, blank=True)
    replayed_by = models.CharField(max_length=120, blank=True)
    """The request which had it sent again last: sent twice, it sends once."""

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="deliveries_of_endpoint"),
            models.Index(
                fields=["endpoint", "id"],
                condition=models.Q(state="waiting", next_at=None),
                name="deliveries_to_send",
            ),
            models.Index(fields=["last_at"], name="deliveries_by_attempt"),
            models.Index(
                fields=["next_at"], condition=models.Q(next_at__isnull=False), name="deliveries_to_repeat"
            ),
        ]
