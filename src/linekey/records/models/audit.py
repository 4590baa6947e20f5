"""Who did what to whose credential. Append only, chained per organisation; never a secret."""

from django.db import models

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class AuditEntry(models.Model):
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=12)
    action = models.CharField(max_length=40)
    """`credential.change`, `session.open`…"""
    service = models.ForeignKey(Service, models.PROTECT, null=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=120, db_index=True)
    facts = models.JSONField(default=dict)
    chain = models.BigIntegerField(null=True)
    """Organisation whose chain it is in; None until it was chained, moments after its transaction."""
    number = models.PositiveBigIntegerField(null=True)
    """1, 2, 3… within the chain, without a gap."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 over this entry and the digest of the one before it in the chain, hex."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_entry_per_link")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(chain=None), name="audit_to_chain"),
            models.Index(fields=["service", "-id"], name="audit_by_service"),
            models.Index(fields=["person", "-id"], name="audit_by_person"),
            models.Index(fields=["at"], name="audit_by_moment"),
        ]


class AuditChain(models.Model):
    """Where a chain ends, how far it is signed, and what its last verification found."""

    chain = models.BigIntegerField(primary_key=True)
    path = models.CharField(max_length=120, db_index=True)
    """Of its organisation: whose branch it is in."""
    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    signed_number = models.PositiveBigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    checked_number = models.PositiveBigIntegerField(default=0)
    """How far the verification under way has come, which began at `checking_since`."""
    checking_since = models.DateTimeField(null=True)
    checked_found = models.JSONField(default=list)
    verified_number = models.PositiveBigIntegerField(default=0)
    """How far the last whole verification went, at `verified_at`; `found`: what it named, its first rows."""
    verified_at = models.DateTimeField(null=True)
    found = models.JSONField(default=list)
    faults = models.PositiveIntegerField(default=0)
    """How many it named in all, notes aside."""

    class Meta:
        indexes = [
            models.Index(
                fields=["chain"],
                condition=models.Q(number__gt=models.F("signed_number")),
                name="chains_to_sign",
            )
        ]


class AuditCheckpoint(models.Model):
    """How long a chain was at some moment, signed: a tail that was cut off shows."""

    chain = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=24)
    signature = models.CharField(max_length=128)
    """Ed25519, base64, over chain, number, digest and moment."""
    anchored_at = models.DateTimeField(null=True)
    """When it was written into the anchor file, outside the database; None until then."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_checkpoint_per_link")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(anchored_at=None), name="checkpoints_to_anchor")
        ]
