"""Which events the operator's own systems are told, what stands in one, and when it is tried again.

An event is what the audit trail knows, by another name: one table, below. What goes out is chosen fact by
fact; a secret, an address or somebody's words never are. The format is that of Standard Webhooks 1.0
(standardwebhooks.com): headers `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from linekey.domain.errors import N_, Malformed


@dataclass(frozen=True)
class EventType:
    name: str
    actions: tuple[str, ...]
    """Actions of the audit trail it stands for."""
    told: str
    """What happened, for people."""
    facts: tuple[str, ...] = ()
    """Facts of the trail which go out with it."""

    @property
    def subject(self) -> str:
        return self.name.partition(".")[0]


def _event(name: str, action: str, told: str, *facts: str) -> EventType:
    return EventType(name, tuple(action.split()), told, facts)


_COUNTS = ("done", "failed", "skipped", "waiting")

EVENTS: tuple[EventType, ...] = (
    _event(
        "credential.changed",
        "credential.change",
        N_("The owner chose a new password for a service."),
        "version",
        "grace_hours",
    ),
    _event(
        "credential.reset",
        "credential.reset",
        N_("A new password was drawn and shown once."),
        "version",
        "grace_hours",
    ),
    _event(
        "credential.sent",
        "credential.send",
        N_("A new password, or a link to one, was sent to the contact."),
        "version",
        "grace_hours",
        "compromised",
    ),
    _event(
        "credential.retired", "credential.retire", N_("The network accepts no password any more."), "version"
    ),
    _event(
        "credential.used",
        "credential.used",
        N_("A device used the new password for the first time."),
        "version",
    ),
    _event(
        "credential.released",
        "credential.released",
        N_("The old password is accepted no more: a grace is over."),
        "version",
    ),
    _event("credential.cut", "credential.cut", N_("An old password was cut before its time."), "version"),
    _event("service.imported", "service.import", N_("A service and its password were taken over.")),
    _event("service.opened", "service.open", N_("A service was opened.")),
    _event("service.changed", "service.edit", N_("A setting of a service was changed."), "setting"),
    _event("account.activated", "account.activated", N_("A person activated their account.")),
    _event("account.locked", "person.locked", N_("An account was locked after too many wrong attempts.")),
    _event("account.unlocked", "member.unlocked", N_("An account was unlocked.")),
    _event(
        "account.password_changed",
        "password.changed password.recovered member.password_set",
        N_("The password of an account was changed."),
    ),
    _event("member.invited", "member.invited", N_("A member was invited."), "member", "role"),
    _event("member.disabled", "member.disabled", N_("An account was disabled."), "why"),
    _event("member.enabled", "member.enabled", N_("An account was enabled again.")),
    _event("member.role_changed", "member.role_changed", N_("A member has another role."), "role", "former"),
    _event("member.reset", "member.reset", N_("A member was helped to a new password."), "way"),
    _event(
        "member.factors_cleared",
        "member.factors_cleared",
        N_("The second factors of a member were removed."),
    ),
    _event("case.opened", "case.opened", N_("A support case was opened."), "case"),
    _event(
        "case.decided", "case.decided", N_("A support case was decided; it can still be stopped."), "case"
    ),
    _event("case.stopped", "case.stopped", N_("A support case was stopped by the owner."), "case"),
    _event("case.done", "case.done", N_("What a support case decided took effect."), "case"),
    _event("case.failed", "case.failed", N_("What a support case decided could not take effect."), "case"),
    _event(
        "organisation.opened", "organisation.open", N_("A reseller or a customer was opened."), "reference"
    ),
    _event("policy.changed", "policy.set", N_("A value of a policy was changed."), "value"),
    _event("phone.given", "phone.give", N_("A handset was given to a line."), "phone"),
    _event("phone.taken", "phone.take", N_("A handset was taken from a line."), "phone"),
    _event("phone.reset", "phone.reset", N_("A handset was told to fetch its configuration anew.")),
    _event("phone.drawn", "phone.draw", N_("A handset fetched a new password."), "version"),
    _event("campaign.started", "campaign.start", N_("A campaign was started."), "campaign", "mode"),
    _event("campaign.paused", "campaign.pause", N_("A campaign was paused."), "campaign", *_COUNTS),
    _event("campaign.resumed", "campaign.resume", N_("A campaign goes on."), "campaign", *_COUNTS),
    _event(
        "campaign.stopped",
        "campaign.stop campaign.cancel",
        N_("A campaign was stopped, by a person or by its own brake."),
        "campaign",
        *_COUNTS,
    ),
    _event("campaign.done", "campaign.done", N_("A campaign is over."), "campaign", *_COUNTS),
    _event("access_key.created", "access_key.create", N_("An access key was generated."), "key"),
    _event("access_key.revoked", "access_key.revoke", N_("An access key was revoked."), "key"),
)
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    N_("Passwords of services"): ("credential",),
    N_("Services"): ("service",),
    N_("Accounts and members"): ("account", "member"),
    N_("Support cases"): ("case",),
    N_("Organisations and policies"): ("organisation", "policy"),
    N_("Handsets"): ("phone",),
    N_("Campaigns"): ("campaign",),
    N_("Access keys"): ("access_key",),
}
"""What events are about, as people look for them: the first words of their names."""
TEST = "webhook.test"
"""Sent when somebody asks for it, to one endpoint."""

TYPES = {event.name: event for event in EVENTS}
BY_ACTION = {action: event for event in EVENTS for action in event.actions}
_NUMBERS = frozenset({"version", "grace_hours", *_COUNTS})


@dataclass(frozen=True)
class Told:
    """Whom and what an event is about, by identifiers only."""

    organisation: int | None
    service: str | None = None
    kind: str | None = None
    person: str | None = None
    """Customer ID of whose account or service it is."""
    by: str | None = None
    """Customer ID of who acted; None where the receiver does not see them, or nobody did."""
    door: str = "system"


def body_of(event: EventType, told: Told, facts: Mapping[str, Any], at: datetime) -> str:
    """What is sent and signed, once and for all: a second attempt repeats it byte for byte."""
    chosen = {name: _plain(name, facts[name]) for name in event.facts if facts.get(name)}
    data: dict[str, Any] = {"organisation": told.organisation}
    if told.service is not None:
        data["service"] = {"reference": told.service, "kind": told.kind}
    if told.person is not None:
        data["person"] = told.person
    return written(event.name, {**data, "by": told.by, "door": told.door, **chosen}, at)


def written(name: str, data: Mapping[str, Any], at: datetime) -> str:
    """`{"type":…,"timestamp":…,"data":…}`, minified, ASCII."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return json.dumps({"type": name, "timestamp": moment, "data": dict(data)}, separators=(",", ":"))


def _plain(name: str, fact: Any) -> Any:
    return int(fact) if name in _NUMBERS else str(fact)


def lineage(path: str) -> list[str]:
    """Paths of whoever an event at `path` belongs to: its organisation and all above it."""
    parts = path.rstrip(".").split(".")
    return [".".join(parts[:count]) + "." for count in range(1, len(parts) + 1)] if path else []


# --- Endpoints -------------------------------------------------------------------------------------------

MOST_ENDPOINTS = 20
"""Per organisation."""
LONGEST_NAME, LONGEST_URL = 60, 500
SECRETS_OVERLAP = timedelta(hours=24)
"""How long the secret before the last rotation signs as well, so that a receiver can change at leisure."""


class Why(StrEnum):
    """Why an endpoint is disabled."""

    PERSON = "person"
    FAILING = "failing"
    GONE = "gone"
    """It answered 410: its receiver wants no more."""


def require_name(typed: str) -> str:
    """Without blanks around. Raises Malformed."""
    name = typed.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Malformed(field="name", why=N_("it must be one line of at most 60 characters"))
    return name


def require_types(types: Collection[str]) -> list[str]:
    """As they are kept, in the order of the table; none means all. Raises Malformed."""
    if set(types) - set(TYPES):
        raise Malformed(field="types", why=N_("it must be one of the events this version knows"))
    return [name for name in TYPES if name in types]


# --- Deliveries ------------------------------------------------------------------------------------------


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """It is not tried any more, unless somebody asks."""


PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each failed attempt: the schedule of the specification, over three days."""
JITTER = 0.1
FAILING_LASTS = timedelta(days=5)
"""An endpoint which took nothing for that long is disabled, and its maker told."""
PATIENCE = 3
"""Failures in a row after which an endpoint is left alone for a while, all its events included."""
LONGEST_QUIET = timedelta(minutes=5)
KEPT = timedelta(days=30)


def pause_after(attempts: int, *, chance: float, asked: int = 0) -> timedelta | None:
    """When to try again after so many attempts; None when it was the last.

    `chance` in 0…1 spreads attempts that failed together; `asked`: seconds of a Retry-After.
    """
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * (1 + JITTER * chance)
    return max(pause, min(timedelta(seconds=asked), timedelta(hours=24)))


def quiet_after(failures: int) -> timedelta:
    """How long nothing is sent after so many failures in a row: it doubles, five minutes at most."""
    if failures < PATIENCE:
        return timedelta(0)
    return min(timedelta(seconds=5 * 2 ** min(failures - PATIENCE, 10)), LONGEST_QUIET)
