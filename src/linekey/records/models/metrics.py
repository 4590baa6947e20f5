"""What was counted so far, so that any number of processes tell the same figures after any restart."""

from django.db import models


class MetricTotal(models.Model):
    name = models.CharField(max_length=40)
    labels = models.CharField(max_length=120)
    """Values in the order of the metric's labels, separated by blanks."""
    value = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="one_total_per_labels")]


class MetricCursor(models.Model):
    """Up to when everything was counted; one row."""

    until = models.DateTimeField()
