"""The tables, one file per noun."""

from linekey.records.models.audit import AuditEntry
from linekey.records.models.credentials import CredentialVersion
from linekey.records.models.flows import Ticket
from linekey.records.models.integrations import OvhApplication, OvhCredential
from linekey.records.models.mails import ServiceMail
from linekey.records.models.observations import ElementHealth, Observation
from linekey.records.models.organisations import Organisation, Site
from linekey.records.models.outbox import OutboxEffect
from linekey.records.models.people import Person
from linekey.records.models.services import PppAccess, Service, SipLine

__all__ = [
    "AuditEntry",
    "CredentialVersion",
    "ElementHealth",
    "Observation",
    "Organisation",
    "OutboxEffect",
    "OvhApplication",
    "OvhCredential",
    "Person",
    "PppAccess",
    "Service",
    "ServiceMail",
    "SipLine",
    "Site",
    "Ticket",
]
