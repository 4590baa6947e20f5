"""Operator › reseller › customer › site. Each organisation carries the path of its ancestors."""

from django.db import models


class Organisation(models.Model):
    class Kind(models.TextChoices):
        OPERATOR = "operator"
        RESELLER = "reseller"
        CUSTOMER = "customer"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    reference = models.CharField(max_length=40, blank=True, db_index=True)
    """What the operator's books call it: `CLI-00042` (« Réf. du client », CTX-1)."""
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, unique=True)
    """`1.4.9.`: identifiers from the operator down, so that a branch is one indexed prefix."""
    policy = models.JSONField(default=dict)
    """Overrides of `domain.policy.Policy`, by name."""
    operation = models.CharField(max_length=32, unique=True, null=True)  # noqa: DJ001 - unique where set
    """The request which opened it: sent twice, it opens one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "reference"],
                condition=~models.Q(reference=""),
                name="one_reference_per_parent",
            )
        ]
        indexes = [models.Index(fields=["parent", "name", "id"], name="organisations_of_parent")]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_site_per_name")]

    def __str__(self) -> str:
        return self.name
