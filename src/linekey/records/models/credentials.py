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
    plan = models.CharField(max_length=40)
    """The change that made it; derived from the one-time id of the request, so a double click is one
    (law 6)."""
    sealed = models.BinaryField()
    """Digests or secret, as `domain.kinds.Stored` says, sealed by the safe; empty for a retirement."""
    made_by = models.ForeignKey(Person, models.PROTECT, null=True)
    created_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    """When the element took it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["service", "plan"], name="one_version_per_plan"),
        ]

    @property
    def seal_place(self) -> str:
        """What the seal is bound to: a blob moved to another row does not open."""
        return f"credential:{self.service_id}:{self.number}"
