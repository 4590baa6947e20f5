"""Plug & Phone handsets: which line has one, by which tokens it may fetch, and what it fetched."""

from django.db import models
from django.db.models import Q

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class Phone(models.Model):
    """The handset of a line. `SipLine.managed_phone` names it for whoever only asks whether there is one."""

    service = models.OneToOneField(Service, models.CASCADE, related_name="phone")
    vendor = models.CharField(max_length=16)
    """A code of `domain.phones.VENDORS`."""
    model = models.CharField(max_length=40)
    mac = models.CharField(max_length=12, blank=True)
    """Twelve lower-case hex digits; empty for a softphone."""
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    """Since when it is to fetch a new password; empty once it has."""
    asked_plan = models.CharField(max_length=40, blank=True)
    """The change which waits for that."""
    fetched_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=120, blank=True)
    """What it called itself then."""
    settings = models.CharField(max_length=64, blank=True)
    """SHA-256 of the settings it was given then, without password and tokens."""
    drawn_version = models.PositiveIntegerField(null=True)
    """Number of the credential version drawn for it last."""
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mac"], condition=~Q(mac=""), name="one_phone_per_mac")
        ]


class PhoneToken(models.Model):
    """What opens the configuration of one handset. Using one ends those issued before it."""

    phone = models.ForeignKey(Phone, models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8)
    """`domain.phones.TokenKind`."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of 256 random bits, hex."""
    operation = models.CharField(max_length=40, blank=True)
    """The request which showed it: the same one sent twice shows nothing twice (law 6)."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class PhoneFetch(models.Model):
    """Somebody asked for a configuration, thirty days back at most."""

    phone = models.ForeignKey(Phone, models.CASCADE, null=True, related_name="fetches")
    """None: no token of ours was presented."""
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=45)
    agent = models.CharField(max_length=120, blank=True)
    token = models.CharField(max_length=8, blank=True)
    """Kind of the token presented, if it is one."""
    outcome = models.CharField(max_length=8)
    """`domain.phones.Outcome`."""
    version = models.PositiveIntegerField(null=True)
    """Number of the credential version it was given, when one was drawn."""

    class Meta:
        indexes = [models.Index(fields=["phone", "-id"], name="fetches_of_phone")]
