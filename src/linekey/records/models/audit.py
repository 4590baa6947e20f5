"""Who did what to whose credential. Append only; never a secret."""

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
