"""Frozen values for screens and API answers: what a door may know. Never a model, never a secret."""

from linekey.records.pages.access_keys import AccessKeyRow, access_keys
from linekey.records.pages.account import (
    AccountPage,
    ActivityPage,
    ActivityRow,
    DeviceRow,
    SessionRow,
    account,
    activity,
    devices,
    sessions,
)
from linekey.records.pages.factors import CodesState, FactorRow, codes, factors
from linekey.records.pages.integrations import (
    ApplicationRow,
    CredentialRow,
    applications,
    credential_application,
    credentials,
)
from linekey.records.pages.mails import MailPage, MailRow, mail, mail_ids, mails
from linekey.records.pages.operations import (
    ElementRow,
    OutboxRow,
    StoppedStep,
    access_servers,
    elements,
    stopped,
    unsettled,
)
from linekey.records.pages.people import PersonCard, actor_of_session, person_card
from linekey.records.pages.progress import Progress, Step
from linekey.records.pages.services import (
    Observed,
    ServicePage,
    ServiceRow,
    billing_accounts,
    masked,
    observed,
    service,
    service_references,
    services,
)

__all__ = [
    "AccessKeyRow",
    "AccountPage",
    "ActivityPage",
    "ActivityRow",
    "ApplicationRow",
    "CodesState",
    "CredentialRow",
    "DeviceRow",
    "ElementRow",
    "FactorRow",
    "MailPage",
    "MailRow",
    "Observed",
    "OutboxRow",
    "PersonCard",
    "Progress",
    "ServicePage",
    "ServiceRow",
    "SessionRow",
    "Step",
    "StoppedStep",
    "access_keys",
    "access_servers",
    "account",
    "activity",
    "actor_of_session",
    "applications",
    "billing_accounts",
    "codes",
    "credential_application",
    "credentials",
    "devices",
    "elements",
    "factors",
    "mail",
    "mail_ids",
    "mails",
    "masked",
    "observed",
    "person_card",
    "service",
    "service_references",
    "services",
    "sessions",
    "stopped",
    "unsettled",
]
