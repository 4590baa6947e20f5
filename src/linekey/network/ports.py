"""What the desk asks of a registrar and of an access server, whatever product answers.

Adapters take batches, are safe to call twice with the same values, and fail in two ways only:
`Unreachable` (try again later) or `Rejected` (stop, a person must look).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from linekey.domain.copies import SiteCopy as SiteCopy
from linekey.domain.hearing import ElementEvent as ElementEvent
from linekey.domain.hearing import Heard as Heard
from linekey.domain.secret import Secret
from linekey.domain.trouble import Rejected as Rejected
from linekey.domain.trouble import Unreachable as Unreachable


@dataclass(frozen=True)
class SipAddress:
    """A line as the registrar knows it: `username` at `realm` (also its SIP domain)."""

    username: str
    realm: str

    @property
    def aor(self) -> str:
        """Address of record without scheme, RFC 3261 section 6: `user@domain`."""
        return f"{self.username}@{self.realm}"


@dataclass(frozen=True)
class SipGrace:
    """The old password of a line, accepted beside the new one (NEW-1)."""

    rotation: str
    """Name of this rotation: up to 40 letters and digits, never used again. Events bear it."""
    ha1: Secret
    ha1b: Secret
    until: datetime
    """Refused from then on, even if nobody used the new one."""


@dataclass(frozen=True)
class SipEntry:
    """What the registrar stores for one line. Digests are password-equivalent, hence `Secret`."""

    address: SipAddress
    ha1: Secret
    """MD5(username:realm:password), 32 lower-case hex digits (RFC 7616 section 3.4.2)."""
    ha1b: Secret
    """MD5(username@domain:realm:password), for phones which send user@domain as user name."""
    grace: SipGrace | None = None
    """None: nothing but the new password is accepted."""


@dataclass(frozen=True)
class Registration:
    """One contact bound to a line (RFC 3261 section 10.2)."""

    contact: str
    user_agent: str
    received_from: str
    """`address:port` the request came from, empty when the registrar does not tell."""
    registered_at: datetime | None
    expires_seconds: int | None


@dataclass(frozen=True)
class AccessGrace:
    """The old password of a login, as `SipGrace`."""

    rotation: str
    password: Secret
    until: datetime


@dataclass(frozen=True)
class AccessEntry:
    """What the access server must know to authenticate one PPPoE login."""

    login: str
    password: Secret
    grace: AccessGrace | None = None


@dataclass(frozen=True)
class Session:
    """A PPP session that accounting believes open (`acctstoptime IS NULL`)."""

    login: str
    session_id: str
    nas_address: str
    framed_address: str
    started_at: datetime | None


@dataclass(frozen=True)
class ConnectionEvent:
    """One line of the access server's log for a login: an answer to a login, a start or a stop."""

    at: datetime
    login: str
    state: str
    """`accept`, `reject`, `start` or `stop`."""
    message: str


class Disconnection(StrEnum):
    """Answer to a Disconnect-Request (RFC 5176 section 2.1)."""

    ACK = "ack"
    NAK = "nak"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Disconnected:
    session: Session
    answer: Disconnection
    error_cause: int | None = None
    """Error-Cause of a NAK (RFC 5176 section 3.5); 503 = the session no longer exists."""


class Check(StrEnum):
    REACHABLE = "reachable"
    CREDENTIALS = "credentials"
    SCHEMA = "schema"
    CLOCK = "clock"
    ROOM = "room"
    """Of a registrar: every phone it knows takes some of its memory."""


@dataclass(frozen=True)
class Finding:
    """One thing `doctor` looked at on an element."""

    check: Check
    good: bool
    detail: str
    """One English sentence: what was seen."""
    remedy: str = ""
    """What to do when it is not good."""


class Telling(Protocol):
    """What a registrar and an access server have in common: two secrets at once, events, copies elsewhere."""

    name: str

    def takes_grace(self) -> bool:
        """Does this installation honour `grace` of an entry, and tell events? Raises Unreachable."""

    def release(self, rotations: Sequence[str]) -> None:
        """Forget the old secrets of these rotations. One that is unknown or over is released already."""

    def events(self, after: int, limit: int) -> list[ElementEvent]:
        """The oldest `limit` events numbered above `after`, in order; none where none are told."""

    def copies(self) -> list[SiteCopy]:
        """How far what was pushed has come at other sites, by their names. Raises Unreachable.

        None where nothing is copied, and where this installation does not tell.
        """


class Registrar(Telling, Protocol):
    def push(self, entries: Sequence[SipEntry]) -> None:
        """Make each line accept exactly the password behind its digests, from the next request on.

        With `grace` also the old one, until the new one is first used: from then on the element refuses
        the old by itself, and tells `Heard.USED`. Raises Rejected for a grace this installation has not.
        """

    def retire(self, lines: Sequence[SipAddress]) -> None:
        """Make each line accept no password at all. Unknown lines are already retired."""

    def drop(self, line: SipAddress) -> int:
        """Remove the line's registrations; how many there were. None is not an error."""

    def registrations(self, line: SipAddress) -> list[Registration]:
        """The contacts registered now; empty when the device is away."""

    def check_sync(self, line: SipAddress) -> int:
        """Ask every device registered now to fetch its configuration (NOTIFY, Event: check-sync); how many.

        Not how many obey: it is their answer that counts for nothing, and their coming for everything.
        """

    def health(self) -> list[Finding]:
        """Look at everything this adapter depends on. Never raises."""


class AccessServer(Telling, Protocol):
    def push(self, entries: Sequence[AccessEntry]) -> None:
        """Make each login accept exactly this password, from the next Access-Request on; `grace` likewise."""

    def retire(self, logins: Sequence[str]) -> None:
        """Make each login accept no password at all. Unknown logins are already retired."""

    def sessions(self, login: str) -> list[Session]:
        """Sessions open now, as accounting tells."""

    def disconnect(self, session: Session) -> Disconnected:
        """Send one Disconnect-Request (RFC 5176) to the session's access server and wait for the answer."""

    def connection_log(self, login: str, limit: int) -> list[ConnectionEvent]:
        """The newest `limit` events of this login, newest first."""

    def health(self) -> list[Finding]:
        """Look at everything this adapter depends on. Never raises."""
