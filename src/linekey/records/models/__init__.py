"""The tables, one file per noun."""

from linekey.records.models.audit import AuditChain, AuditCheckpoint, AuditEntry
from linekey.records.models.campaigns import Campaign, CampaignFile, CampaignLine, CampaignSecret
from linekey.records.models.cases import Case, CaseAccess, CaseDocument, CaseStep
from linekey.records.models.credentials import CredentialVersion
from linekey.records.models.factors import Factor, RecoveryCode
from linekey.records.models.flows import Flow, Tally, Ticket
from linekey.records.models.health import FailedDay, HealthMark, HealthWalk
from linekey.records.models.integrations import OvhApplication, OvhCredential
from linekey.records.models.keys import AccessKey, AccessToken
from linekey.records.models.mails import ServiceMail
from linekey.records.models.metrics import MetricCursor, MetricTotal
from linekey.records.models.observations import (
    ElementCopy,
    ElementCursor,
    ElementHealth,
    FailedLogin,
    Observation,
)
from linekey.records.models.organisations import Organisation, Site
from linekey.records.models.outbox import OutboxEffect
from linekey.records.models.people import Person
from linekey.records.models.phones import Phone, PhoneFetch, PhoneToken
from linekey.records.models.search import SearchEntry
from linekey.records.models.services import PppAccess, Service, SipLine, UserLicence
from linekey.records.models.sessions import Device, OpenSession
from linekey.records.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "AccessKey",
    "AccessToken",
    "AuditChain",
    "AuditCheckpoint",
    "AuditEntry",
    "Campaign",
    "CampaignFile",
    "CampaignLine",
    "CampaignSecret",
    "Case",
    "CaseAccess",
    "CaseDocument",
    "CaseStep",
    "CredentialVersion",
    "Device",
    "ElementCopy",
    "ElementCursor",
    "ElementHealth",
    "Factor",
    "FailedDay",
    "FailedLogin",
    "Flow",
    "HealthMark",
    "HealthWalk",
    "MetricCursor",
    "MetricTotal",
    "Observation",
    "OpenSession",
    "Organisation",
    "OutboxEffect",
    "OvhApplication",
    "OvhCredential",
    "Person",
    "Phone",
    "PhoneFetch",
    "PhoneToken",
    "PppAccess",
    "RecoveryCode",
    "SearchEntry",
    "Service",
    "ServiceMail",
    "SipLine",
    "Site",
    "Tally",
    "Ticket",
    "UserLicence",
    "WebhookDelivery",
    "WebhookEndpoint",
]
