"""One-time links: bound to one purpose, one person, one expiry. Only a digest of the token is kept."""

from django.db import models

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class Ticket(models.Model):
    purpose = models.CharField(max_length=20)
    """`domain.recovery.Purpose`."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of a 256-bit random token, hex."""
    person = models.ForeignKey(Person, models.CASCADE)
    service = models.ForeignKey(Service, models.CASCADE, null=True)
    plan = models.CharField(max_length=40, blank=True)
    """The change it belongs to; sending again replaces the link of the same plan."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
