"""Campaigns, their services, and new secrets which wait for their file. Counters are kept, never counted."""

from django.db import models
from django.db.models import Q

from linekey.records.models.credentials import CredentialVersion
from linekey.records.models.people import Person
from linekey.records.models.services import Service


class Campaign(models.Model):
    reference = models.CharField(max_length=20, unique=True)
    """`ROT-7K3F-92QD`."""
    name = models.CharField(max_length=80)
    plan = models.CharField(max_length=40, unique=True)
    """The request which made it; a form sent twice makes one."""
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    door = models.CharField(max_length=12)
    """By which the maker came."""
    path = models.CharField(max_length=120, db_index=True)
    """Of the maker's organisation: who may see it is one condition."""
    filters = models.JSONField(default=dict)
    """As chosen, `records.search_words.Filters.given`."""
    mode = models.CharField(max_length=12)
    """`domain.campaigns.CampaignMode`; so are the next two."""
    hand_over = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    why = models.CharField(max_length=12, blank=True)
    """`domain.campaigns.Why` it stopped."""
    rate = models.PositiveIntegerField()
    wave = models.PositiveIntegerField()
    pause = models.PositiveIntegerField()
    """Seconds between waves."""
    stop_percent = models.PositiveIntegerField()
    stop_count = models.PositiveIntegerField()
    listed = models.BooleanField(default=False)
    """All its services are written down."""
    listed_to = models.BigIntegerField(null=True)
    """The last service that was, newest first."""
    total = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    recorded = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    forgiven = models.PositiveIntegerField(default=0)
    """How many had failed when somebody last resumed it, of `judged` which had gone through or failed."""
    judged = models.PositiveIntegerField(default=0)
    in_wave = models.PositiveIntegerField(default=0)
    """Recorded in the wave under way."""
    paced_at = models.DateTimeField()
    """Up to when its pace was used; in the future, when the next wave begins."""
    speed = models.FloatField(default=0)
    """Services per second which went through lately."""
    measured_at = models.DateTimeField()
    measured = models.PositiveIntegerField(default=0)
    """How many had gone through then."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "-id"], name="campaigns_of_a_branch"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["drafted", "running"]) | Q(recorded__gt=0),
                name="campaigns_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CampaignLine(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="lines", db_index=False)
    service = models.ForeignKey(Service, models.CASCADE)
    state = models.CharField(max_length=10, default="waiting")
    """`domain.campaigns.LineState`."""
    reason = models.CharField(max_length=16, blank=True)
    """`domain.campaigns.Reason`, of one which was skipped or failed."""
    version = models.ForeignKey(CredentialVersion, models.CASCADE, null=True)
    """The new secret it was given."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "service"], name="a_service_once_per_campaign"),
            models.UniqueConstraint(fields=["version"], name="a_version_in_one_campaign"),
            models.CheckConstraint(
                condition=Q(version=None) ^ Q(state__in=["recorded", "done", "failed"]),
                name="a_line_has_its_version_once_recorded",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state", "id"], name="campaign_lines")]


class CampaignSecret(models.Model):
    """A new secret, sealed, until the maker of the campaign takes the file: hours, then it is deleted."""

    line = models.OneToOneField(CampaignLine, models.CASCADE, primary_key=True, related_name="secret")
    sealed = models.BinaryField()
    made_at = models.DateTimeField(db_index=True)

    @property
    def seal_place(self) -> str:
        """What the seal is bound to: elsewhere it does not open."""
        return campaign_secret_place(self.line_id)


def campaign_secret_place(line_id: int) -> str:
    """`CampaignSecret.seal_place` of a row that is not there yet."""
    return f"campaign_secret:{line_id}"


class CampaignFile(models.Model):
    """What was taken: encrypted to words only its maker has, so that we cannot open it either."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="files")
    uid = models.CharField(max_length=32, unique=True)
    locked = models.BinaryField()
    """Empty once purged."""
    lines = models.PositiveIntegerField()
    made_at = models.DateTimeField(db_index=True)
