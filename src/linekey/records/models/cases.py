"""Support cases: somebody who cannot get back in asks people for help, and people decide.

ACC-6 to ACC-8, TEAM-11. Documents are sealed, and purged after the decision. What the applicant claims is
kept apart from what we know.
"""

from django.db import models

from linekey.records.models.people import Person


class Case(models.Model):
    reference = models.CharField(max_length=20, unique=True)
    """Said on the phone and printed in mails: `DOS-7K3F-92QD`; opens nothing."""
    kind = models.CharField(max_length=32)
    """`domain.cases.CaseKind`."""
    state = models.CharField(max_length=16)
    """`domain.cases.CaseState`."""
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    """Whose account it is about; None when nobody has the identifier. The applicant is told the same."""
    language = models.CharField(max_length=2)
    identifier = models.CharField(max_length=254)
    """What the applicant says the account is, as typed."""
    name = models.CharField(max_length=80)
    contact = models.EmailField()
    """Where the applicant can be written to; becomes the main address where the case says so."""
    contact_verified_at = models.DateTimeField(null=True)
    """When somebody who reads that mailbox answered: an address mistyped is given no account."""
    phone = models.CharField(max_length=30, blank=True)
    """Claimed. A call-back goes to the number on the account, never to this one."""
    extension = models.CharField(max_length=10, blank=True)
    story = models.TextField(blank=True)
    """What happened, in the applicant's words."""
    address = models.CharField(max_length=45)
    """Where the form was sent from."""
    wanted = models.JSONField(default=list)
    """Effects the decision asks for, `domain.cases.CaseEffect`."""
    new_email = models.EmailField(blank=True)
    """The main address to be, as it was when the decision was made."""
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    """Why it was refused, or what was asked for; the applicant reads it."""
    call_code = models.CharField(max_length=128, blank=True)
    """Argon2id of the code that was sent to the account's own number."""
    call_code_expires_at = models.DateTimeField(null=True)
    call_tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True, db_index=True)
    """End of the waiting period."""
    ended_at = models.DateTimeField(null=True, db_index=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="cases_by_state")]

    def __str__(self) -> str:
        return self.reference


class CaseAccess(models.Model):
    """A link somebody was mailed. It opens the page about the case, and nothing else."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8)
    """`domain.cases.CaseLink`."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of a 256-bit random token, hex."""
    plan = models.CharField(max_length=60, db_index=True)
    """The mail it stands in; a mail tried again replaces its own link."""
    sent_to = models.CharField(max_length=254)
    """Where to, masked: so that the journal tells who stopped a case."""
    made_at = models.DateTimeField()


class CaseDocument(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    uid = models.CharField(max_length=32, unique=True)
    media_type = models.CharField(max_length=40)
    """As the content says, not as the sender does."""
    size = models.PositiveIntegerField()
    """Bytes, before it was sealed."""
    sealed = models.BinaryField()
    """AES-256-GCM; empty once purged."""
    sent_at = models.DateTimeField()

    @property
    def seal_place(self) -> str:
        """What the seal is bound to: elsewhere it does not open."""
        return f"case_document:{self.uid}"


class CaseStep(models.Model):
    """What an agent, the applicant or the owner did: a proof, a decision, a stop. Append only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20)
    """`domain.cases.CaseStepKind`."""
    agent = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """None for the applicant, the owner and the clock."""
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
