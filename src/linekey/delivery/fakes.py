"""A mail server and an SMS gateway that live in memory. They ship: a demonstration without any runs on them.

The contract tests hold them to what the real ones do; what they add are the switches which make them fail,
and the reader's side: `mails` or `texts`, and `newest_to`.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from threading import Lock
from typing import Any

from linekey.delivery.envelope import compose, sender_address
from linekey.delivery.letters import Written
from linekey.delivery.texts import Text, sender_of_texts
from linekey.delivery.texts import compose as compose_text
from linekey.delivery.webhook import Answered
from linekey.domain.trouble import Rejected, Unreachable

_KEPT = 1000
"""Mails, texts; the oldest are forgotten first."""


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
        return _health("mail server", self.down)


class FakeSms:
    """In-memory `Kannel`: `down` makes it Unreachable, `rejecting` makes it Rejected."""

    def __init__(self, sender: str = "Linekey") -> None:
        self.down = False
        self.rejecting = False
        self._sender = sender_of_texts(sender)
        self._lock = Lock()
        self._texts: deque[Text] = deque(maxlen=_KEPT)

    def send(self, text: str, number: str, reference: str) -> None:
        sms = compose_text(self._sender, text, number, reference)
        if self.down:
            raise Unreachable("memory: the SMS gateway is switched off")
        if self.rejecting:
            raise Rejected("memory: text refused: 403 told to refuse")
        with self._lock:
            self._texts.append(sms)

    @property
    def texts(self) -> list[Text]:
        """Everything sent, oldest first; the same effect sent twice stands twice, with one reference."""
        with self._lock:
            return list(self._texts)

    def newest_to(self, number: str) -> Text | None:
        return next((text for text in reversed(self.texts) if text.number == number), None)

    def health(self) -> list[dict[str, Any]]:
        return _health("SMS gateway", self.down)


def _health(what: str, down: bool) -> list[dict[str, Any]]:
    detail = f"The {what} lives in memory and is {'down' if down else 'up'}."
    remedy = f"Switch the in-memory {what} on again." if down else ""
    return [{"check": "reachable", "good": not down, "detail": detail, "remedy": remedy}]


@dataclass(frozen=True)
class Posted:
    """One event as it arrived."""

    url: str
    headers: dict[str, str]
    body: bytes


class FakeWebhooks:
    """In-memory `Webhooks`: `down` and `rejecting` as of the others; `answers` is told instead of 200."""

    def __init__(self) -> None:
        self.down = False
        self.rejecting = False
        self.answers: dict[str, Answered] = {}
        """By address."""
        self._lock = Lock()
        self._posts: deque[Posted] = deque(maxlen=_KEPT)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        if self.down:
            raise Unreachable("no answer: ConnectionRefusedError")
        if self.rejecting:
            raise Rejected("the host has an address of a private network, to which nothing is sent")
        with self._lock:
            self._posts.append(Posted(url, {**headers}, body))
        return self.answers.get(url, Answered(200, ""))

    @property
    def posts(self) -> list[Posted]:
        """Everything that arrived, oldest first; the same event sent twice stands twice, with one id."""
        with self._lock:
            return list(self._posts)
