"""A person with an account. Everybody signs in the same way; the role says what they may do."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from linekey.records.models.organisations import Organisation


class Person(AbstractBaseUser):
    class Role(models.TextChoices):
        SUBSCRIBER = "subscriber"
        COMPANY_ADMIN = "company_admin"
        PRIMARY_ADMIN = "primary_admin"
        RESELLER = "reseller"
        SUPPORT_AGENT = "support_agent"
        OPERATOR_ADMIN = "operator_admin"

    class DisabledFor(models.TextChoices):
        """Why an account is disabled (TEAM-8)."""

        ADMINISTRATOR = "administrator"
        PAYMENT = "payment"
        EMAIL_CONFLICT = "email_conflict"
        VALIDATION = "validation"

    customer_id = models.CharField(max_length=20, unique=True)
    """`ab12345-lk`, lower case (ACC-1)."""
    email = models.EmailField(db_index=True)
    """Primary e-mail, lower case. Unique under one reseller only: two resellers may share a customer."""
    invited_as = models.EmailField(blank=True)
    """The address an invitation named, when somebody in another company of the reseller has it.

    It is shown to whoever invited, like that of anybody who does not answer; `email` is then one that nobody
    can have (RFC 2606, section 2), so that nothing is ever sent and nobody signs in.
    """
    tenant = models.ForeignKey(Organisation, models.PROTECT, related_name="tenants_people")
    """The reseller (or operator) under whom the e-mail is unique."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    role = models.CharField(max_length=16, choices=Role.choices)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    """E.164, `+33972101010`."""
    extension = models.CharField(max_length=10, blank=True)
    """Digits dialled behind a shared `phone`; several people then share the number (TEAM-7)."""
    phone_verified_at = models.DateTimeField(null=True)
    """Only a number that answered, or that an administrator gave, signs anybody in or receives codes."""
    email_verified_at = models.DateTimeField(null=True)
    backup_email = models.EmailField(blank=True)
    """Receives what must reach the owner when the primary address is dead (ACC-6); signs nobody in."""
    backup_verified_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    disabled_for = models.CharField(max_length=16, choices=DisabledFor.choices, blank=True)
    """Why `is_active` is False."""
    activated_at = models.DateTimeField(null=True)
    """When the owner first chose a password; an account nobody activated has none."""
    must_change_password = models.BooleanField(default=False)
    """Somebody else drew or typed the password: it opens only the page that replaces it (TEAM-2)."""
    password_expires_at = models.DateTimeField(null=True)
    """After that such a password opens nothing at all; None for one the owner chose."""
    needs_backup = models.BooleanField(default=False)
    """The backup address became the main one: its owner is asked for a new backup (ACC-6)."""
    pin = models.CharField(max_length=128, blank=True)
    """Argon2id; asked for beside the password when that changes (TEAM-1)."""
    question = models.CharField(max_length=16, blank=True)
    """Code of the security question, `domain.questions`; asked only where the policy says so."""
    answer = models.CharField(max_length=128, blank=True)
    """Argon2id of the answer, lower case without accents."""
    created_at = models.DateTimeField()

    USERNAME_FIELD = "customer_id"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "email"], name="one_email_per_tenant")]
        indexes = [
            models.Index(fields=["phone", "extension"], name="people_by_phone"),
            models.Index(fields=["organisation", "last_name", "id"], name="people_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.customer_id

    @property
    def shown_email(self) -> str:
        return self.invited_as or self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
