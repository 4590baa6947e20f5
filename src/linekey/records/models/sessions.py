"""Where a person is signed in, and which of their browsers we know."""

from django.db import models

from linekey.records.models.people import Person


class Device(models.Model):
    """A browser one person has signed in from: a locked account still opens from here.

    It falls when password or factors change.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    """SHA-256 of the browser's secret."""
    told = models.CharField(max_length=200)
    """What the browser says it is."""
    address = models.CharField(max_length=45)
    first_seen_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    trusted_until = models.DateTimeField(null=True)
    """Until then no mailed code is asked for, whatever the network."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "digest"], condition=models.Q(ended_at=None), name="one_row_per_browser"
            )
        ]


class OpenSession(models.Model):
    """One sign-in, from its start to its end."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="sessions")
    device = models.ForeignKey(Device, models.SET_NULL, null=True)
    told = models.CharField(max_length=200)
    address = models.CharField(max_length=45)
    network = models.CharField(max_length=50)
    """/24 or /64 of the address, see `domain.networks`."""
    method = models.CharField(max_length=20)
    """What opened it: `password`, `totp`, `key`, `passkey`, `recovery_code`, `mail`, `sms`, `activation`."""
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    """Last proof of password or factor."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "network"], name="sessions_by_network")]
