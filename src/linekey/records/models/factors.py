"""What a person proves themselves with beside the password: second factors, passkeys, recovery codes."""

from django.db import models

from linekey.records.models.people import Person


class Factor(models.Model):
    """One TOTP application or WebAuthn credential, see `domain.factors`."""

    uid = models.CharField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    sealed = models.BinaryField(default=b"")
    """TOTP seed."""
    last_counter = models.BigIntegerField(null=True)
    """TOTP: number of the last 30 seconds whose code was taken; no code is taken twice (RFC 6238 5.2)."""

    credential_id = models.CharField(max_length=1400, blank=True)
    """WebAuthn: base64url of at most 1023 bytes."""
    credential_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique where set
    """SHA-256 of it: looked up, and unique, on every engine."""
    public_key = models.BinaryField(default=b"")
    """COSE key (RFC 9052)."""
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    passkey = models.BooleanField(default=False)
    """It verified its user: it is a full sign-in by itself (NEW-8)."""

    class Meta:
        indexes = [models.Index(fields=["person", "kind"], name="factors_by_person")]

    @property
    def seal_place(self) -> str:
        return f"factor:{self.uid}"


class RecoveryCode(models.Model):
    """One code of the sheet. The label finds it, so that one hash is enough to check it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    sheet = models.CharField(max_length=32)
    label = models.CharField(max_length=4)
    """The first group of the code."""
    encoded = models.CharField(max_length=128)
    """Argon2id of the whole code."""
    made_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    """When the sheet was proven by typing one of its codes; before that it opens nothing."""
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "sheet", "label"], name="one_code_per_label")
        ]
