"""Frozen values for screens and API answers: what a door may know. Never a model, never a secret."""

from linekey.records.pages.integrations import ApplicationRow, CredentialRow, applications, credential_application, credentials
from linekey.records.pages.mails import MailPage, MailRow, mail, mail_ids, mails
from linekey.records.pages.operations import ElementRow, OutboxRow, elements, unsettled
from linekey.records.pages.people import PersonCard, actor_of_session, person_card
from linekey.records.pages.progress import Progress, Step
from linekey.records.pages.services import Observed, ServicePage, ServiceRow, billing_accounts, masked, observed, service, service_references, services

__all__ = [
    "service_references",
    "observed",
    "billing_accounts",
    "mail_ids",
    "credential_application",
    "ApplicationRow",
    "CredentialRow",
    "ElementRow",
    "MailPage",
    "MailRow",
    "Observed",
    "OutboxRow",
    "PersonCard",
    "Progress",
    "ServicePage",
    "ServiceRow",
    "Step",
    "actor_of_session",
    "applications",
    "credentials",
    "elements",
    "mail",
    "mails",
    "masked",
    "person_card",
    "service",
    "services",
    "unsettled",
]
