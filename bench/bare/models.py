"""One table, as wide as a service of ours and found by a reference like it."""

from typing import ClassVar

from django.db import models


class Row(models.Model):
    objects: ClassVar[models.Manager["Row"]]

    reference = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=120, db_index=True)
    product = models.CharField(max_length=40)
    state = models.CharField(max_length=16)
    created_at = models.DateTimeField()
