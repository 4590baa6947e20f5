"""What a filled row must say for the program to be let loose on it: words it knows, paths, seals.

A column that is not here is invented by its type (`tests.upgrade.filled`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models

from linekey.domain import (
    attention,
    campaigns,
    cases,
    effects,
    factors,
    flows,
    kinds,
    phones,
    recovery,
    webhooks,
)
from linekey.domain.access import Door
from linekey.vault import seal

PASSWORD = "une très longue phrase, 漢字 comprises"
"""Of every person who is filled in."""


@dataclass
class Row:
    """One row under way."""

    number: int
    """0, 1, 2… within its table."""
    twist: int
    """Raised until the row keeps every constraint."""
    made: "Mapping[str, Sequence[models.Model]]"
    """Rows of the tables before it, by the name of their model."""
    values: dict[str, Any] = field(default_factory=dict)


MEANT: dict[str, Sequence[Any]] = {
    "AuditEntry.door": [*Door],
    "AuditEntry.number": [None],
    "AuditEntry.chain": [None],
    "AuditEntry.digest": [""],
    "Campaign.door": [*Door],
    "Campaign.filters": [{}, {"kind": "sip_line", "text": "été"}],
    "Campaign.hand_over": [*campaigns.HandOver],
    "Campaign.mode": [*campaigns.CampaignMode],
    # What is at work would go on working.
    "Campaign.state": ["paused", "stopped", "done", "cancelled"],
    "Campaign.why": ["", *campaigns.Why],
    "CampaignLine.reason": ["", *campaigns.Reason],
    "CampaignLine.state": [*campaigns.LineState],
    "Case.kind": [*cases.CaseKind],
    "Case.language": ["fr", "en"],
    "Case.state": [*cases.CaseState],
    "Case.wanted": [[], [*cases.CaseEffect]],
    "CaseAccess.purpose": [*cases.CaseLink],
    "CaseStep.kind": [*cases.CaseStepKind],
    "CredentialVersion.state": ["superseded", "abandoned", "live"],
    "CredentialVersion.verb": [*kinds.Verb],
    "Factor.kind": [*factors.Factor],
    "Flow.kind": [*flows.FlowKind],
    "Flow.state": [*flows.FlowState],
    "HealthMark.what": [*attention.Attention],
    # As deep as a tree really is: operator, a reseller below it, customers of either.
    "Organisation.kind": ["operator", "reseller", "customer", "customer", "customer", "customer"],
    "Organisation.policy": [{}, {"lock_after": 7, "sip_rules": "anssi"}],
    "OutboxEffect.kind": [*effects.EffectKind],
    # What is open would be carried out.
    "OutboxEffect.state": ["done", "skipped", "dead", "abandoned"],
    "Person.language": ["fr", "en"],
    "Phone.vendor": [*phones.VENDORS],
    "PhoneFetch.outcome": [*phones.Outcome],
    "PhoneToken.kind": [*phones.TokenKind],
    "PppAccess.technology": ["adsl", "vdsl", "sdsl", "ftth", "ftte"],
    "Service.address": ["203.0.113.17", "2001:db8::ffff:1", None],
    "SipLine.licence": ["", "simple", "svi", "fax"],
    "Ticket.purpose": [*recovery.Purpose],
    "WebhookDelivery.state": [*webhooks.DeliveryState],
    "WebhookEndpoint.disabled_why": ["", *webhooks.Why],
    "WebhookEndpoint.types": [[], ["credential.changed"]],
}
"""By model and column, the words the program knows, taken in turn."""


def _path(row: Row) -> str:
    above = row.values["parent"]
    return f"{above.path if above else ''}{row.values['id']}."


def _of(column: str) -> Callable[[Row], Any]:
    return lambda row: row.values[column].path


def _parent(row: Row) -> models.Model | None:
    """The root is one; below it the tree is as deep as one really is."""
    above = row.made.get("Organisation", ())
    return None if not above else above[min(row.number, len(above)) // 3]


def _sealed(place: Callable[[dict[str, Any]], str]) -> Callable[[Row], bytes]:
    return lambda row: seal.seal(f"sealed {row.number}".encode(), place(row.values))


@cache
def _password() -> str:
    return make_password(PASSWORD)


COMPUTED: dict[str, Callable[[Row], Any]] = {
    "AuditEntry.path": lambda row: row.made["Organisation"][row.number % len(row.made["Organisation"])].path,  # type: ignore[attr-defined]
    "Campaign.path": lambda row: row.values["made_by"].organisation.path,
    "CampaignSecret.sealed": _sealed(lambda of: f"campaign_secret:{of['line'].pk}"),
    "CredentialVersion.sealed": _sealed(lambda of: f"credential:{of['service'].pk}:{of['number']}"),
    "Factor.sealed": _sealed(lambda of: f"factor:{of['uid']}"),
    "Flow.sealed": _sealed(lambda of: f"flow:{of['reference']}"),
    "Organisation.parent": _parent,
    "Organisation.path": _path,
    "Person.password": lambda row: _password(),
    "Service.path": _of("organisation"),
    "WebhookEndpoint.path": _of("organisation"),
    "WebhookEndpoint.sealed": _sealed(lambda of: f"webhook:{of['reference']}"),
}
