"""A registrar and an access server that live in memory.

They ship: a demonstration without Kamailio and FreeRADIUS runs on them, and so do the quick tests.
The contract tests hold them to what the real adapters do; what they add are the switches which
make them fail, and the client's side: `register` and `login`.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock

from linekey.domain.secret import Secret
from linekey.network.digests import refuse_what_is_no_digest
from linekey.network.ports import (
    AccessEntry,
    Check,
    ConnectionEvent,
    Disconnected,
    Disconnection,
    Finding,
    Registration,
    Rejected,
    Session,
    SipAddress,
    SipEntry,
    Unreachable,
)

SESSION_CONTEXT_NOT_FOUND = 503
"""Error-Cause of a NAK about a session that is gone (RFC 5176 section 3.5)."""


@dataclass
class _Switches:
    """What every fake can be told: `down` makes calls Unreachable, `rejecting` makes them Rejected."""

    name: str
    down: bool = False
    rejecting: bool = False

    def _answer(self) -> None:
        if self.down:
            raise Unreachable(f"{self.name}: switched off")
        if self.rejecting:
            raise Rejected(f"{self.name}: told to refuse")

    def health(self) -> list[Finding]:
        state = "down" if self.down else "refusing" if self.rejecting else "up"
        good = state == "up"
        remedy = "" if good else "Switch the in-memory element on again."
        detail = f"{self.name} lives in memory and is {state}."
        return [Finding(check, good, detail, remedy) for check in Check]


class FakeRegistrar(_Switches):
    """In-memory `Registrar`."""

    def __init__(self, name: str = "registrar") -> None:
        super().__init__(name)
        self._lock = RLock()
        self._accepts: dict[SipAddress, Secret] = {}
        self._bound: dict[SipAddress, list[Registration]] = {}

    def push(self, entries: Sequence[SipEntry]) -> None:
        self._answer()
        refuse_what_is_no_digest(self.name, entries)
        with self._lock:
            self._accepts.update({entry.address: entry.ha1 for entry in entries})

    def retire(self, lines: Sequence[SipAddress]) -> None:
        self._answer()
        with self._lock:
            for line in lines:
                self._accepts.pop(line, None)

    def drop(self, line: SipAddress) -> int:
        self._answer()
        with self._lock:
            return len(self._bound.pop(line, []))

    def registrations(self, line: SipAddress) -> list[Registration]:
        self._answer()
        with self._lock:
            return list(self._bound.get(line, []))

    def register(self, line: SipAddress, password: str, user_agent: str = "linekey-fake") -> int:
        """Play the phone: the final status of a REGISTER, 503 while the element is down."""
        if self.down:
            return 503
        offered = hashlib.md5(
            f"{line.username}:{line.realm}:{password}".encode(), usedforsecurity=False
        ).hexdigest()
        with self._lock:
            if self._accepts.get(line) != Secret(offered):
                return 401
            contact = f"sip:{line.username}@127.0.0.1:5062"
            now = datetime.now(UTC)
            self._bound[line] = [Registration(contact, user_agent, "127.0.0.1:5062", now, 3600)]
        return 200


class FakeAccessServer(_Switches):
    """In-memory `AccessServer`; `answer` and `error_cause` are its NAS's reply to a Disconnect-Request."""

    def __init__(self, name: str = "access") -> None:
        super().__init__(name)
        self.answer = Disconnection.ACK
        self.error_cause: int | None = None
        self._lock = RLock()
        self._accepts: dict[str, Secret] = {}
        self._open: dict[str, Session] = {}
        self._log: list[ConnectionEvent] = []
        self._numbers = itertools.count(1)

    def push(self, entries: Sequence[AccessEntry]) -> None:
        self._answer()
        with self._lock:
            self._accepts.update({entry.login: entry.password for entry in entries})

    def retire(self, logins: Sequence[str]) -> None:
        self._answer()
        with self._lock:
            for login in logins:
                self._accepts.pop(login, None)

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
            accepted = self._accepts.get(login) == Secret(password)
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
