"""What services are found by. Written by `records.search` alone, in the transaction of the change itself."""

from django.db import models

from linekey.records.models.services import Service


class SearchEntry(models.Model):
    """One service as the search knows it: folded, so that accents and case do not matter.

    The engine keeps its index of words beside this table (migration 0004): it proposes, this row decides.
    """

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="search_entry")
    branch = models.BigIntegerField()
    """The organisation right below the operator whose branch the service is in; 0 for the operator's own."""
    keys = models.TextField()
    """One value per line behind its letter (`records.search_words`), so that a prefix is a substring."""
    client = models.TextField()
    end_client = models.TextField()
    text = models.TextField()
    """What the free text looks in: one value per line."""

    class Meta:
        indexes = [models.Index(fields=["branch", "-service"], name="search_by_branch")]
