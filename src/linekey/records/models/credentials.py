"""Every secret a service ever had, as versions. The newest that was not abandoned is the one to be true."""

from django.db import models

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class CredentialVersion(models.Model):
    service = models.ForeignKey(Service, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    """1, 2, 3… within the service, in commit order."""
    state = models.CharField(max_length=12)
    """`domain.lifecycle.State`."""
    verb = models.CharField(max_length=8)
    """`domain.kinds.Verb` that made it."""
    rules = models.CharField(max_length=16, blank=True)
    """Preset of rules under which somebody chose it; empty when it was drawn, or nobody knows (NEW-11)."""
    plan = models.CharField(max_length=40)
    """The change that made it; derived from the one-time id of the request, so a double click is one
    (law 6)."""
    sealed = models.BinaryField()
    """Digests or secret, as `domain.kinds.Stored` says, sealed by the safe; empty for a retirement."""
    made_by = models.ForeignKey(Person, models.PROTECT, null=True)
    created_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    """When the element took it."""
    grace = models.PositiveIntegerField(default=0)
    """Seconds the secret before it is accepted at most; 0 = it is cut at once (NEW-1)."""
    retire_at = models.DateTimeField(null=True)
    """The deadline: `grace` after the element took it."""
    used_at = models.DateTimeField(null=True)
    """When somebody first logged in with it, by the element's own word; only told in grace."""
    used_by = models.JSONField(default=dict)
    """Who that was: `{"source", "agent"}`."""
    released_at = models.DateTimeField(null=True)
    """When the element was seen to accept the secret before it no more."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["service", "plan"], name="one_version_per_plan"),
        ]

    @property
    def seal_place(self) -> str:
        """What the seal is bound to: a blob moved to another row does not open."""
        return credential_place(self.service_id, self.number)


def credential_place(service_id: int, number: int) -> str:
    """`CredentialVersion.seal_place` of a row that is not there yet."""
    return f"credential:{service_id}:{number}"
