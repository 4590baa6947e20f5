"""Texts over HTTP, to a gateway that speaks `sendsms` (Kannel user guide, "Using the HTTP interface").

The address that is asked holds the password and the text, and the text may hold a code: it never goes into
an error or a log, nor does what a gateway answers in words of its own.
"""

import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from linekey.delivery.texts import compose, sender_of_texts
from linekey.domain.trouble import Rejected, Unreachable

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~%/-]*)?")
"""No user, no password and no query: they would be shown with it."""
_ANOTHER_TIME = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_SENTENCES = (
    "Authorization failed for sendsms",
    "Not routable. Do not try again.",
    "Number(s) has/have been denied",
    "Sender missing and no global set, rejected",
    "Sending failed.",
    "Temporal failure, try again later.",
    "Unknown request.",
)
"""Kannel's own, which quote nothing."""
_LONGEST_ANSWER = 4096
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_PROOF_SECONDS = 600.0
"""Asking for nothing is an error in Kannel's log: it is not made with every look."""


@dataclass
class Kannel:
    """One connection per text. Redirects are not followed and proxies not asked: a code goes to one place."""

    url: str
    """`http://host:port/cgi-bin/sendsms`, or https. Raises ValueError when it is not such an address."""
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "Linekey"
    """A name of at most 11 letters and digits, or a number. Raises ValueError when it is neither."""
    timeout: float = 10.0
    """Seconds for each answer of the gateway."""
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    """Whose certificates count; None = the machine's authorities."""

    _proven_until: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        sender_of_texts(self.sender)
        if not _ADDRESS.fullmatch(self.url):
            raise ValueError("the address of the SMS gateway is http(s)://host:port/path, and nothing beside")
        parts = urlsplit(self.url)
        self._secure = parts.scheme == "https"
        self._host, self._path = parts.hostname or "", parts.path or "/"
        self._port = parts.port or (443 if self._secure else 80)
        self._place = f"{self._host}:{self._port}"

    def send(self, text: str, number: str, reference: str) -> None:
        """Return once the gateway has answered for the text. Raises Unreachable, Rejected.

        A connection lost before the answer leaves it open whether the gateway has the text: it may arrive
        twice, and `reference` stands in Kannel's log as the account of both.
        """
        sms = compose(self.sender, text, number, reference)
        status, told = self._ask(
            {
                **self._credentials(),
                "from": sms.sender,
                "to": sms.number,
                "text": sms.text,
                "coding": "0" if sms.fits_gsm else "2",
                "charset": "UTF-8",
                "account": sms.reference,
            }
        )
        if status == HTTPStatus.ACCEPTED:
            return
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _ANOTHER_TIME:
            raise Unreachable(f"{self._place}: text put off: {status}{told}")
        self._proven_until = 0.0
        raise Rejected(f"{self._place}: text refused: {status}{told}")

    def health(self) -> list[dict[str, Any]]:
        """Findings `{check, good, detail, remedy}` about the gateway. Never raises, sends nothing."""
        proven = time.monotonic() < self._proven_until
        try:
            # Nothing is sent: a request which names no receiver is refused after the password was checked.
            status, told = self._ask({} if proven else self._credentials())
        except Unreachable as trouble:
            remedy = "Start the SMS gateway, or correct LINEKEY_SMS_URL."
            return [_finding("reachable", False, str(trouble), remedy)]
        if status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
            detail = f"{self._place}: answered {status}{told}"
            remedy = "Correct LINEKEY_SMS_URL: no sendsms interface answers there."
            return [_finding("reachable", False, detail, remedy)]
        admitted = proven or status == HTTPStatus.BAD_REQUEST
        if admitted and not proven:
            self._proven_until = time.monotonic() + _PROOF_SECONDS
        return [
            _finding("reachable", True, f"The SMS gateway {self._place} answered."),
            self._encryption(),
            self._admission(admitted),
        ]

    def _admission(self, admitted: bool) -> dict[str, Any]:
        if admitted:
            return _finding("credentials", True, f"The SMS gateway {self._place} takes our texts.")
        remedy = "Correct LINEKEY_SMS_USER and LINEKEY_SMS_PASSWORD, or user-allow-ip in Kannel."
        return _finding("credentials", False, f"The SMS gateway {self._place} refuses our password.", remedy)

    def _encryption(self) -> dict[str, Any]:
        if self._secure:
            detail = "The connection is encrypted, the certificate proves the host."
            return _finding("encryption", True, detail)
        if self._host in _THIS_MACHINE:
            return _finding("encryption", True, "The SMS gateway is on this machine.")
        clear = "Texts, with their codes, travel to the SMS gateway in clear."
        return _finding("encryption", False, clear, "Use an address with https:// in LINEKEY_SMS_URL.")

    def _credentials(self) -> dict[str, str]:
        return {"username": self.user, "password": self.password}

    def _ask(self, variables: Mapping[str, str]) -> tuple[int, str]:
        """Status, and Kannel's sentence after a blank when it is one we know."""
        connection = self._connection()
        try:
            connection.request("GET", f"{self._path}?{urlencode(variables)}")
            answer = connection.getresponse()
            # The answer to the text is known by now: a clumsy end must not undo it.
            accepted = answer.status == HTTPStatus.ACCEPTED
            return answer.status, "" if accepted else _known(answer.read(_LONGEST_ANSWER))
        except (OSError, HTTPException) as error:
            # Not its words: some of them quote the address that was asked.
            raise Unreachable(
                f"{self._place}: the SMS gateway does not answer: {type(error).__name__}"
            ) from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=self.timeout)
        trust = self.trust or ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=self.timeout, context=trust)


def _known(answer: bytes) -> str:
    return next((f" {sentence}" for sentence in _SENTENCES if sentence.encode() in answer), "")


def _finding(check: str, good: bool, detail: str, remedy: str = "") -> dict[str, Any]:
    return {"check": check, "good": good, "detail": detail, "remedy": remedy}
