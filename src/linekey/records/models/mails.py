"""Archive of every mail sent to an account (« E-mails de service », PPP-6).

Secrets are masked before they come here.
"""

from django.db import models

from linekey.records.models.people import Person
from linekey.records.models.services import Service


class ServiceMail(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="mails")
    service = models.ForeignKey(Service, models.SET_NULL, null=True)
    message = models.CharField(max_length=40)
    """Name of the message, a folder of `delivery/messages/`."""
    message_id = models.CharField(max_length=120, unique=True)
    """Message-ID header; the same effect sent twice is one row."""
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="mails_by_person")]
