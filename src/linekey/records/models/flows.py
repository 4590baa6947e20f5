"""Flows, the one-time links that open some of them, and counted attempts.

A link is bound to one purpose, one person, one expiry. Only digests of tokens and codes are kept.
"""

from django.db import models

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class Flow(models.Model):
    """One way through an account, see `domain.flows`."""

    reference = models.CharField(max_length=32, unique=True)
    """Stands in addresses; worth nothing without the browser the flow is bound to."""
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    browser = models.CharField(max_length=64, blank=True)
    """SHA-256 of the browser's secret; empty until a link is opened."""
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=128, blank=True)
    """Argon2id of the code that was sent last; an earlier one is dead."""
    code_expires_at = models.DateTimeField(null=True)
    challenge = models.CharField(max_length=88, blank=True)
    """WebAuthn challenge, base64url; used once."""
    sealed = models.BinaryField(default=b"")
    """Seed of a TOTP device which is not enrolled yet."""
    facts = models.JSONField(default=dict)
    """Plain values: the way back, the new address, the name of the new device."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    @property
    def seal_place(self) -> str:
        """What the sealed value is bound to: elsewhere it does not open."""
        return f"flow:{self.reference}"


class Ticket(models.Model):
    purpose = models.CharField(max_length=20)
    """`domain.recovery.Purpose`."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of a 256-bit random token, hex."""
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    """Nobody yet for an account that somebody asked to open."""
    service = models.ForeignKey(Service, models.CASCADE, null=True)
    flow = models.ForeignKey(Flow, models.CASCADE, null=True)
    plan = models.CharField(max_length=40, blank=True)
    """The change it belongs to; sending again replaces the link of the same plan."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Tally(models.Model):
    """Wrong attempts counted under one key, see `domain.limits`."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, db_index=True)
