"""What needs attention, so that a home page among a million services asks for what is wrong only (NEW-11).

Kept true by the worker (`usecases.keep_health`). The three `above` are the lineage of whom it belongs to,
operator first: what a branch sees is one equality on one index, on either database.
"""

from django.db import models
from django.db.models import Q

from linekey.records.models.organisations import Organisation
from linekey.records.models.people import Person
from linekey.records.models.services import Service


class HealthMark(models.Model):
    what = models.CharField(max_length=16)
    """`domain.attention.Attention`."""
    service = models.ForeignKey(Service, models.CASCADE, null=True, related_name="health")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="health")
    above1 = models.BigIntegerField()
    above2 = models.BigIntegerField(null=True)
    above3 = models.BigIntegerField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "what"], condition=Q(service__isnull=False), name="one_mark_of_a_service"
            ),
            models.UniqueConstraint(
                fields=["person", "what"], condition=Q(person__isnull=False), name="one_mark_of_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["what", f"above{depth}", "-id"], name=f"marks_above{depth}")
            for depth in (1, 2, 3)
        ]


class HealthWalk(models.Model):
    """How far the round over everybody has come."""

    name = models.CharField(max_length=10, primary_key=True)
    """`services` or `people`."""
    reached = models.BigIntegerField(default=0)


class FailedDay(models.Model):
    """Refused logins of one day in one branch: a row for each organisation of the lineage."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="failed_days")
    day = models.DateField()
    """UTC."""
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="one_row_per_day")]
