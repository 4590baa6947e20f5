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
        HOSTED_PBX = "hosted_pbx"
        """Carries user licences, which are lines; it has no secret of its own."""

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
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="licences")
    """The hosted PBX a user licence belongs to."""
    site = models.ForeignKey(Site, models.PROTECT, null=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="services")
    """Who uses it, and who is written to about it."""
    billing_account = models.CharField(max_length=40, blank=True, db_index=True)
    end_client = models.CharField(max_length=120, blank=True)
    """Whom the customer serves with it, when that is somebody else (« Nom du client final »)."""
    product = models.CharField(max_length=40, blank=True)
    """The sheet it was contracted by (« Réf. fiche produit »): `CTX-PRO-10`."""
    accountcode = models.CharField(max_length=40, blank=True)
    """What the platform bills it under: `133615`."""
    address = models.GenericIPAddressField(null=True)
    """Fixed IP address of an access, or the one a line was last seen at."""
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["parent", "reference"], name="licences_of_a_pbx")]

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


class UserLicence(models.Model):
    """What one user of a hosted PBX has beside the line itself (CTX-3, CTX-4)."""

    class Restriction(models.TextChoices):
        """Calls the line may not make."""

        NONE = "none"
        PREMIUM = "premium"
        INTERNATIONAL = "international"
        MOBILE = "mobile"
        ALL = "all"

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="user_licence")
    admin = models.BooleanField(default=False)
    """Administers the hosted PBX from their own phone and application."""
    company_contact = models.CharField(max_length=120, blank=True)
    emergency_number = models.CharField(max_length=20, blank=True)
    """E.164: where emergency services call back."""
    accession = models.BooleanField(default=False)
    """Has the softphone of the platform."""
    restriction = models.CharField(max_length=16, choices=Restriction.choices, default=Restriction.NONE)
    outside_plan_refused = models.BooleanField(default=False)
    """Calls outside the unlimited plan are refused."""
    number_presented = models.CharField(max_length=20, blank=True)
    receptionist = models.BooleanField(default=False)
    fax2mail_number = models.CharField(max_length=20, blank=True)
    supervisor = models.BooleanField(default=False)


class PppAccess(models.Model):
    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="ppp")
    login = models.CharField(max_length=64)
    """`xxxxxxxxxx@realm`: never changes (PPP-2)."""
    element = models.CharField(max_length=40)
    technology = models.CharField(max_length=8, default="ftth")
    """`adsl`, `vdsl`, `sdsl`, `ftth` or `ftte`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["element", "login"], name="one_access_per_login")]
