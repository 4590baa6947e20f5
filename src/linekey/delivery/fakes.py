"""A mail server that lives in memory. It ships: a demonstration without a mail server runs on it.

The contract tests hold it to what the real mailer does; what it adds are the switches which make it fail,
and the reader's side: `mails` and `newest_to`.
"""

from collections import deque
from dataclasses import dataclass
from email.message import EmailMessage
from threading import Lock
from typing import Any

from linekey.delivery.envelope import compose, sender_address
from linekey.delivery.letters import Written
from linekey.domain.trouble import Rejected, Unreachable

_KEPT = 1000
"""Mails; the oldest are forgotten first."""


@dataclass(frozen=True)
class Mail:
    """What arrived: as it was written, and as it travelled. Its representation hides the content."""

    address: str
    message_id: str
    written: Written
    message: EmailMessage

    def __repr__(self) -> str:
        return f"Mail({self.address!r}, {self.written.subject!r})"


class FakeMailer:
    """In-memory `Mailer`: `down` makes it Unreachable, `rejecting` makes it Rejected."""

    def __init__(self, sender: str = "Linekey <linekey@linekey.test>") -> None:
        self.down = False
        self.rejecting = False
        self._from = sender_address(sender)
        self._lock = Lock()
        self._mails: deque[Mail] = deque(maxlen=_KEPT)

    def send(self, written: Written, address: str, message_id: str) -> None:
        message = compose(self._from, written, address, message_id)
        if self.down:
            raise Unreachable("memory: the mail server is switched off")
        if self.rejecting:
            raise Rejected("memory: recipient refused: 550 told to refuse")
        with self._lock:
            self._mails.append(Mail(address, message_id, written, message))

    @property
    def mails(self) -> list[Mail]:
        """Everything sent, oldest first; the same effect sent twice stands twice, with one Message-ID."""
        with self._lock:
            return list(self._mails)

    def newest_to(self, address: str) -> Mail | None:
        return next((mail for mail in reversed(self.mails) if mail.address == address), None)

    def health(self) -> list[dict[str, Any]]:
        detail = f"The mail server lives in memory and is {'down' if self.down else 'up'}."
        remedy = "Switch the in-memory mail server on again." if self.down else ""
        return [{"check": "reachable", "good": not self.down, "detail": detail, "remedy": remedy}]
