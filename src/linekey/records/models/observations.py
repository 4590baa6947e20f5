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
    grace = models.BooleanField(default=False)
    """Can it accept two passwords at once (NEW-1)? Where it cannot, every change cuts."""


class ElementCopy(models.Model):
    """The last look at the copy of one element's tables at one site; as `domain.copies` reads it."""

    element = models.CharField(max_length=40)
    site = models.CharField(max_length=63)
    seen_at = models.DateTimeField()
    connected = models.BooleanField()
    since = models.DateTimeField()
    """Since when `connected` has been what it is."""
    written = models.BigIntegerField()
    reached = models.BigIntegerField()
    mark = models.BigIntegerField()
    """What the element's database had written at `mark_at`; the copy lacks it while `reached` is less."""
    mark_at = models.DateTimeField()
    lag = models.FloatField(null=True)
    """Seconds; None when nobody tells."""
    lost = models.BooleanField(default=False)
    heard = models.BooleanField(null=True)
    """Do the site's events arrive? None where nobody fetches them."""
    heard_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["element", "site"], name="one_copy_per_site")]


class ElementCursor(models.Model):
    """How far the events of one element were heard."""

    element = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)


class FailedLogin(models.Model):
    """Wrong passwords for one name from one source within one hour, as the element told (NEW-11)."""

    element = models.CharField(max_length=40)
    name = models.CharField(max_length=140)
    """`user@realm` of a line, login of an access, as it was sent: it may name nothing of ours."""
    service = models.ForeignKey(Service, models.CASCADE, null=True, related_name="failed_logins")
    source = models.CharField(max_length=60)
    """Address it came from, or what the access server called the caller."""
    agent = models.CharField(max_length=120, blank=True)
    familiar = models.BooleanField(default=False)
    """Its own device was last seen there: one with a wrong password, and no attack."""
    hour = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["element", "name", "source", "hour"], name="one_row_per_hour")
        ]
        indexes = [models.Index(fields=["service", "-hour"], name="failed_logins_of_service")]
