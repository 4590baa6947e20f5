"""A registrar and an access server that live in memory.

They ship: a demonstration without Kamailio and FreeRADIUS runs on them, and so do the quick tests.
The contract tests hold them to what the real adapters do; what they add are the switches which
make them fail, and the client's side: `register` and `login`.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Generic, TypeVar

from linekey.domain.secret import Secret
from linekey.network.digests import refuse_what_is_no_digest
from linekey.network.ports import (
    AccessEntry,
    Check,
    ConnectionEvent,
    Disconnected,
    Disconnection,
    ElementEvent,
    Finding,
    Heard,
    Registration,
    Rejected,
    Session,
    SipAddress,
    SipEntry,
    SiteCopy,
    Unreachable,
)

SESSION_CONTEXT_NOT_FOUND = 503
"""Error-Cause of a NAK about a session that is gone (RFC 5176 section 3.5)."""


Address = TypeVar("Address", SipAddress, str)


@dataclass(frozen=True)
class _Old:
    """The secret before, and until when it opens."""

    rotation: str
    secret: Secret
    until: datetime


class _Element(Generic[Address]):
    """What both fakes are: secrets by address, an old one beside a new one in grace, events, switches.

    `down` makes calls Unreachable, `rejecting` makes them Rejected, `graceful` says whether it can hold two
    secrets. `copy_to` names a site which has a copy, `away` holds those which are not connected.
    """

    checks: tuple[Check, ...] = tuple(Check)

    def __init__(self, name: str) -> None:
        self.name = name
        self.down = False
        self.rejecting = False
        self.graceful = True
        self.away: set[str] = set()
        self._written = 0
        self._reached: dict[str, int] = {}
        self._lock = RLock()
        self._accepts: dict[Address, Secret] = {}
        self._old: dict[Address, _Old] = {}
        self._events: list[ElementEvent] = []

    def takes_grace(self) -> bool:
        self._answer()
        return self.graceful

    def release(self, rotations: Sequence[str]) -> None:
        self._answer()
        with self._lock:
            self._written += 1
            self._old = {at: old for at, old in self._old.items() if old.rotation not in rotations}

    def events(self, after: int, limit: int) -> list[ElementEvent]:
        self._answer()
        with self._lock:
            return self._events[after : after + limit]

    def copy_to(self, site: str) -> None:
        with self._lock:
            self._reached[site] = self._written

    def copies(self) -> list[SiteCopy]:
        self._answer()
        with self._lock:
            here = self._written
            self._reached.update((site, here) for site in self._reached if site not in self.away)
            return [
                SiteCopy(
                    site, site not in self.away, here, at, timedelta() if site not in self.away else None
                )
                for site, at in sorted(self._reached.items())
            ]

    def _answer(self) -> None:
        if self.down:
            raise Unreachable(f"{self.name}: switched off")
        if self.rejecting:
            raise Rejected(f"{self.name}: told to refuse")

    def _take(self, address: Address, secret: Secret, old: _Old | None) -> None:
        if old is not None and not self.graceful:
            raise Rejected(f"{self.name}: holds one secret per name")
        self._written += 1
        self._accepts[address] = secret
        self._old.pop(address, None)
        # Told a second time, it stays over.
        if old is not None and not self._told(Heard.USED, old.rotation):
            self._old[address] = old

    def _opens(self, address: Address, offered: Secret, *, name: str, source: str, agent: str) -> bool:
        """Does it open? In grace the first use of the new secret ends the old one."""
        old = self._old.get(address)
        rotation = old.rotation if old else ""
        if self._accepts.get(address) == offered:
            self._old.pop(address, None)
            if old is not None:
                self._tell(Heard.USED, name, rotation, source, agent)
            return True
        if old is not None and old.secret == offered and old.until > datetime.now(UTC):
            if not self._told(Heard.OLD, rotation):
                self._tell(Heard.OLD, name, rotation, source, agent)
            return True
        self._tell(Heard.REFUSED, name, "", source, agent)
        return False

    def _told(self, what: Heard, rotation: str) -> bool:
        return any(each.what is what and each.rotation == rotation for each in self._events)

    def _tell(self, what: Heard, name: str, rotation: str, source: str, agent: str) -> None:
        number = len(self._events) + 1
        self._events.append(ElementEvent(number, datetime.now(UTC), what, name, rotation, source, agent))

    def health(self) -> list[Finding]:
        state = "down" if self.down else "refusing" if self.rejecting else "up"
        good = state == "up"
        remedy = "" if good else "Switch the in-memory element on again."
        detail = f"{self.name} lives in memory and is {state}."
        return [Finding(check, good, detail, remedy) for check in self.checks]


class FakeRegistrar(_Element[SipAddress]):
    """In-memory `Registrar`."""

    def __init__(self, name: str = "registrar") -> None:
        super().__init__(name)
        self._bound: dict[SipAddress, list[Registration]] = {}
        self.notified: list[SipAddress] = []
        """Lines whose devices were asked to fetch their configuration, once per device."""

    def push(self, entries: Sequence[SipEntry]) -> None:
        self._answer()
        refuse_what_is_no_digest(self.name, entries)
        with self._lock:
            for entry in entries:
                kept = entry.grace
                old = _Old(kept.rotation, kept.ha1, kept.until) if kept else None
                self._take(entry.address, entry.ha1, old)

    def retire(self, lines: Sequence[SipAddress]) -> None:
        self._answer()
        with self._lock:
            for line in lines:
                self._written += 1
                self._accepts.pop(line, None)
                self._old.pop(line, None)

    def drop(self, line: SipAddress) -> int:
        self._answer()
        with self._lock:
            return len(self._bound.pop(line, []))

    def registrations(self, line: SipAddress) -> list[Registration]:
        self._answer()
        with self._lock:
            return list(self._bound.get(line, []))

    def check_sync(self, line: SipAddress) -> int:
        self._answer()
        with self._lock:
            asked = len(self._bound.get(line, []))
            self.notified += [line] * asked
        return asked

    def register(self, line: SipAddress, password: str, user_agent: str = "linekey-fake") -> int:
        """Play the phone: the final status of a REGISTER, 503 while the element is down."""
        if self.down:
            return 503
        offered = hashlib.md5(
            f"{line.username}:{line.realm}:{password}".encode(), usedforsecurity=False
        ).hexdigest()
        with self._lock:
            source = "127.0.0.1:5062"
            if not self._opens(line, Secret(offered), name=line.aor, source=source, agent=user_agent):
                return 401
            contact = f"sip:{line.username}@127.0.0.1:5062"
            now = datetime.now(UTC)
            self._bound[line] = [Registration(contact, user_agent, source, now, 3600)]
        return 200


class FakeAccessServer(_Element[str]):
    """In-memory `AccessServer`; `answer` and `error_cause` are its NAS's reply to a Disconnect-Request."""

    checks = tuple(check for check in Check if check is not Check.ROOM)

    def __init__(self, name: str = "access") -> None:
        super().__init__(name)
        self.answer = Disconnection.ACK
        self.error_cause: int | None = None
        self._open: dict[str, Session] = {}
        self._log: list[ConnectionEvent] = []
        self._numbers = itertools.count(1)

    def push(self, entries: Sequence[AccessEntry]) -> None:
        self._answer()
        with self._lock:
            for entry in entries:
                kept = entry.grace
                old = _Old(kept.rotation, kept.password, kept.until) if kept else None
                self._take(entry.login, entry.password, old)

    def retire(self, logins: Sequence[str]) -> None:
        self._answer()
        with self._lock:
            for login in logins:
                self._written += 1
                self._accepts.pop(login, None)
                self._old.pop(login, None)

    def sessions(self, login: str) -> list[Session]:
        self._answer()
        with self._lock:
            return [session for session in self._open.values() if session.login == login]

    def disconnect(self, session: Session) -> Disconnected:
        if self.down or self.answer is Disconnection.TIMEOUT:
            return Disconnected(session, Disconnection.TIMEOUT)
        if self.answer is Disconnection.NAK:
            return Disconnected(session, Disconnection.NAK, self.error_cause)
        with self._lock:
            if session.session_id not in self._open:
                return Disconnected(session, Disconnection.NAK, SESSION_CONTEXT_NOT_FOUND)
            self.close_session(session, "Admin-Reset")
        return Disconnected(session, Disconnection.ACK)

    def connection_log(self, login: str, limit: int) -> list[ConnectionEvent]:
        self._answer()
        with self._lock:
            return [event for event in reversed(self._log) if event.login == login][:limit]

    def login(self, login: str, password: str) -> bool | None:
        """Play the box: accepted, rejected, or None for silence while the element is down."""
        if self.down:
            return None
        with self._lock:
            accepted = self._opens(login, Secret(password), name=login, source="", agent="127.0.0.1")
            self._note(login, "accept" if accepted else "reject", "")
        return accepted

    def open_session(self, login: str, nas_address: str = "127.0.0.1", framed: str = "192.0.2.10") -> Session:
        """Play the NAS: accounting starts for this login."""
        with self._lock:
            session_id = f"fake-{next(self._numbers)}"
            session = Session(login, session_id, nas_address, framed, datetime.now(UTC))
            self._open[session_id] = session
            self._note(login, "start", f"{framed} on {nas_address}")
        return session

    def close_session(self, session: Session, cause: str = "User-Request") -> None:
        """Play the NAS: accounting stops."""
        with self._lock:
            if self._open.pop(session.session_id, None):
                self._note(session.login, "stop", cause)

    def _note(self, login: str, state: str, message: str) -> None:
        self._log.append(ConnectionEvent(datetime.now(UTC), login, state, message))
