"""Access keys of the API and the short-lived tokens they are exchanged for. Digests only."""

from django.db import models

from linekey.records.models.people import Person


class AccessKey(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="access_keys")
    key_id = models.CharField(max_length=24, unique=True)
    """`LKAK…`: names the key, and is what scanners of leaked secrets look for."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, 256 random bits; a bearer presents the secret alone."""
    name = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list)
    """Address ranges it works from, CIDR; everywhere when empty."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=45, blank=True)
    revoked_at = models.DateTimeField(null=True)


class AccessToken(models.Model):
    """What an access key was exchanged for; it dies with the key."""

    key = models.ForeignKey(AccessKey, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    refreshes = models.BooleanField()
    """A refresh token: used once, for a new pair."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
