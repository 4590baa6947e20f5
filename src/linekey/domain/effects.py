"""What must become true outside the desk.

An effect names a version or a person; it never carries a secret.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class EffectKind(StrEnum):
    PUSH = "push"
    """The element accepts exactly this version, and in grace the one before it."""
    RELEASE = "release"
    """The element accepts the secret before this version no more: the new one was used, or time is up."""
    RETIRE = "retire"
    """The element accepts no secret for this service."""
    DROP = "drop"
    """The registrations made with the old password are gone."""
    DISCONNECT = "disconnect"
    """The PPP sessions opened with the old password are cut (RFC 5176)."""
    DELIVER = "deliver"
    """The contact holds the new secret: it stands in a mail which the mail server took."""
    INVITE = "invite"
    """The contact holds a one-time link which draws and shows a new secret."""
    NOTIFY = "notify"
    """The person was told what happened, by mail."""
    RECOVER = "recover"
    """Whoever owns the typed identifier, if anybody, holds a reset link."""
    CODE = "code"
    """Whoever goes through a flow holds a code, by mail or SMS, drawn when it is sent."""
    ACTIVATE = "activate"
    """Whoever owns the mailbox holds an activation link."""
    CASE = "case"
    """Whoever a support case concerns was told where it stands, with a link that is theirs alone."""
    CALL_BACK = "call_back"
    """The number on the account received a code for whoever says it is theirs, drawn when it is sent."""
    WATCH = "watch"
    """The page knows whether the device is back with the new secret."""
    OBSERVE = "observe"
    """The desk knows what the element sees of this service now."""
    WEBHOOK = "webhook"
    """A system of the operator's, or of a customer's, was told of one event."""
    NOTIFY_PHONE = "notify_phone"
    """The registered handset was asked to fetch its configuration (NOTIFY, Event: check-sync)."""
    FETCH = "fetch"
    """The page knows whether the handset has fetched what it was asked to."""


REPAIR = "repair"
"""Fact of a push which only repeats what the element took before: it never brings a version first (law 4)."""

TO = "to"
"""Fact of a notice: the address it goes to, when that is not the primary one of its person."""

LANE_OF_SERVICE = "service:%d"
"""Effects of one lane are applied one at a time, in the order they were recorded (law 1)."""


@dataclass(frozen=True)
class Effect:
    """One step of a plan, before it becomes a row of the outbox."""

    kind: EffectKind
    ordered: bool = True
    """In the lane of its service, behind everything recorded before; else in a lane of its own."""
    message: str = ""
    """Name of the mail to send, a folder of `delivery/messages/`."""
    facts: dict[str, str] = field(default_factory=dict)
    """Plain values the message or the hand needs. Never a secret."""


class StepState(StrEnum):
    """Where one effect stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"
    """A newer version was recorded: making this true would undo it (law 3)."""
    DEAD = "dead"
    """The outside refused; a person must retry or abandon."""
    BLOCKED = "blocked"
    """Behind a dead step of the same plan: nobody is cut before they hold the new secret (law 4)."""
    ABANDONED = "abandoned"


OPEN_STATES = (StepState.WAITING, StepState.CLAIMED)
"""States which hold their lane."""
