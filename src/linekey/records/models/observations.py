"""What the worker saw on the elements, for pages which may not ask the elements themselves."""

from django.db import models

from linekey.records.models.services import Service


class Observation(models.Model):
    """The last look at one service: registrations of a line, sessions and log of an access."""

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="observation")
    seen_at = models.DateTimeField()
    online = models.BooleanField()
    facts = models.JSONField(default=dict)
    """`{"registrations": [...]}` or `{"sessions": [...], "log": [...]}`; fields as in `network.ports`."""


class ElementHealth(models.Model):
    """The last look at one element."""

    name = models.CharField(max_length=40, primary_key=True)
    role = models.CharField(max_length=20)
    """`registrar`, `access_server`, `mail` or `sms`."""
    seen_at = models.DateTimeField()
    good = models.BooleanField()
    since = models.DateTimeField()
    """Since when `good` has been what it is."""
    findings = models.JSONField(default=list)
    """`[{"check", "good", "detail", "remedy"}]`."""
