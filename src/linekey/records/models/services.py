"""What a customer pays for and what carries credentials.

SIP lines, user licences included, and PPPoE accesses.
"""

from django.db import models

from linekey.records.models.organisations import Organisation, Site
from linekey.records.models.people import Person


class Service(models.Model):
    class Kind(models.TextChoices):
        SIP_LINE = "sip_line"
        PPPOE_ACCESS = "pppoe_access"

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    reference = models.CharField(max_length=60, unique=True)
    """The operator's name for it: `0033972101010`, `xdsl-ab12345-1`, `FPC172932`."""
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="services")
    path = models.CharField(max_length=120, db_index=True)
    """Copy of the organisation's path: what one may see is one condition on one table."""
    site = models.ForeignKey(Site, models.PROTECT, null=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="services")
    """Who uses it, and who is written to about it."""
    billing_account = models.CharField(max_length=40, blank=True, db_index=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reference


class SipLine(models.Model):
    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="sip")
    username = models.CharField(max_length=64)
    realm = models.CharField(max_length=64)
    number = models.CharField(max_length=20, blank=True)
    """SDA, the direct number, E.164."""
    element = models.CharField(max_length=40)
    """Name of the registrar which knows the line."""
    managed_phone = models.CharField(max_length=60, blank=True)
    """Model of the Plug & Phone handset which owns the password, if any (SIP-3)."""
    licence = models.CharField(max_length=20, blank=True)
    """Kind of hosted-PBX user licence (`simple`, `svi`, `fax`), empty for a plain line."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["element", "username", "realm"], name="one_line_per_aor")
        ]


class PppAccess(models.Model):
    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="ppp")
    login = models.CharField(max_length=64)
    """`xxxxxxxxxx@realm`: never changes (PPP-2)."""
    element = models.CharField(max_length=40)
    technology = models.CharField(max_length=8, default="ftth")
    """`adsl`, `vdsl`, `sdsl`, `ftth` or `ftte`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["element", "login"], name="one_access_per_login")]
