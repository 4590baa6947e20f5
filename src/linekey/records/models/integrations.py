"""Applications and consumer keys of the OVH dialect (PPP-7)."""

from django.db import models

from linekey.records.models.people import Person


class OvhApplication(models.Model):
    key = models.CharField(max_length=32, unique=True)
    """Application key, public."""
    sealed_secret = models.BinaryField()
    """Sealed, not hashed: the signature is a digest over the secret in clear."""
    person = models.ForeignKey(Person, models.CASCADE, related_name="applications")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=12, default="active")
    created_at = models.DateTimeField()


class OvhCredential(models.Model):
    application = models.ForeignKey(OvhApplication, models.CASCADE, related_name="credentials")
    key_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the consumer key, to find it."""
    sealed_key = models.BinaryField()
    """The key itself, sealed: it takes part in the signature."""
    validation_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token in the validation URL."""
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="ovh_credentials")
    """Who validated it, hence whose rights it carries."""
    rules = models.JSONField(default=list)
    """`[{"method": "GET", "path": "/me"}]`."""
    allowed_ips = models.JSONField(default=list)
    """CIDR; empty means any address."""
    redirection = models.URLField(max_length=500, blank=True)
    status = models.CharField(max_length=20, default="pendingValidation")
    """`pendingValidation`, `validated`, `refused` or `expired`, in the dialect's own words."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_use_at = models.DateTimeField(null=True)
