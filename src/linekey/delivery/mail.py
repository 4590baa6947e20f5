"""Mail over SMTP (RFC 5321). What the server took is sent; everything else is `Unreachable` or `Rejected`.

Never puts the content of a mail into an error: a server's reply may quote what it refused.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any

from linekey.delivery.envelope import compose, sender_address
from linekey.delivery.letters import Written
from linekey.domain.trouble import Rejected, Unreachable

_AUTHENTICATION_REQUIRED = 530
"""RFC 4954 section 6: about us, not about the mail."""
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_REASON = 200
_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]*|[A-Z]+|\d{3}|\d\.\d{1,3}\.\d{1,3}")
_BETWEEN_WORDS = re.compile(r"""([\s"'<>()\[\]{}=,;:]+)""")


@dataclass
class Mailer:
    """One connection per mail, so that a server which restarts is never met with a dead connection."""

    sender: str
    """`Name <local@domain>`. Raises ValueError when it is not."""
    host: str
    port: int
    user: str = ""
    """Empty = the server takes our mail without a password."""
    password: str = field(default="", repr=False)
    starttls: bool = False
    """Refuse to speak without TLS and a certificate that proves `host` (RFC 3207)."""
    timeout: float = 10.0
    """Seconds for each answer of the server."""
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    """Whose certificates count; None = the machine's authorities."""

    def __post_init__(self) -> None:
        self._from: Address = sender_address(self.sender)

    def send(self, written: Written, address: str, message_id: str) -> None:
        """Return once the server has answered for the mail. Raises Unreachable, Rejected.

        A connection lost after the content was sent leaves it open whether the server has the mail; the next
        try carries the same Message-ID, by which mail systems drop the second copy.
        """
        message = compose(self._from, written, address, message_id)
        with self._errors(written), self._session() as server:
            server.send_message(message, from_addr=self._from.addr_spec)

    def health(self) -> list[dict[str, Any]]:
        """Findings `{check, good, detail, remedy}` about the mail server. Never raises, sends nothing."""
        place = f"{self.host}:{self.port}"
        try:
            with self._errors(), self._session():
                pass
        except (Unreachable, Rejected) as trouble:
            remedy = (
                "Start the mail server, or correct LINEKEY_SMTP_HOST, _PORT, _STARTTLS, _USER and _PASSWORD."
            )
            return [_finding("reachable", False, str(trouble), remedy)]
        findings = [
            _finding("reachable", True, f"The mail server {place} answered EHLO."),
            self._encryption(),
        ]
        if self.user:
            findings.append(_finding("credentials", True, f"{self.user} may send through {place}."))
        return findings

    def _encryption(self) -> dict[str, Any]:
        if self.starttls:
            return _finding(
                "encryption", True, "The connection is encrypted, the certificate proves the host."
            )
        if self.host in _THIS_MACHINE:
            return _finding("encryption", True, "The mail server is on this machine.")
        clear = "Mails, with their one-time links, travel to the mail server in clear."
        return _finding("encryption", False, clear, "Set LINEKEY_SMTP_STARTTLS=true.")

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        # The name is given because smtplib otherwise asks the resolver for it, which may take seconds.
        server = smtplib.SMTP(self.host, self.port, local_hostname=self._from.domain, timeout=self.timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if self.starttls:
                if not server.has_extn("starttls"):
                    raise Unreachable(f"{self.host}: the mail server offers no STARTTLS")
                server.starttls(context=self.trust or ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if self.user:
                self._authenticate(server)
            yield server
        finally:
            # The answer to the mail is known by now: a clumsy goodbye must not undo it.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _authenticate(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self.user, self.password)
        except smtplib.SMTPNotSupportedError:
            raise Unreachable(f"{self.host}: the mail server takes no password on this connection") from None
        except UnicodeEncodeError:
            raise Unreachable(f"{self.host}: user and password of the mail server must be ASCII") from None

    @contextmanager
    def _errors(self, written: Written | None = None) -> Iterator[None]:
        """Only a 5xx about recipient or content stops: all else is a server or a setting to repair."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as refused:
            code, reply = next(iter(refused.recipients.values()))
            raise self._answered("recipient", code, reply, written) from None
        except smtplib.SMTPDataError as refused:
            raise self._answered("mail", refused.smtp_code, refused.smtp_error, written) from None
        except smtplib.SMTPResponseException as refused:
            reason = _reason(refused.smtp_error, written)
            raise Unreachable(f"{self.host}: the mail server answered {refused.smtp_code} {reason}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(
                f"{self.host}:{self.port}: {type(error).__name__}: {_reason(str(error), written)}"
            ) from None

    def _answered(self, what: str, code: int, reply: bytes | str, written: Written | None) -> Exception:
        stop = 500 <= code < 600 and code != _AUTHENTICATION_REQUIRED
        sentence = f"{self.host}: {what} {'refused' if stop else 'put off'}: {code} {_reason(reply, written)}"
        return Rejected(sentence) if stop else Unreachable(sentence)


def _reason(reply: bytes | str, written: Written | None) -> str:
    """The server's words on one line, without addresses, and without words of the mail that may be a secret.

    A reseller reads it on the page of a change, where the owner's address is masked too.
    """
    line = " ".join((reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply).split())
    content = f"{written.subject}\n{written.text}\n{written.html}" if written else ""
    parts = _BETWEEN_WORDS.split(line)

    def tells(part: str) -> bool:
        return "@" in part or (not _PLAIN_WORD.fullmatch(part) and bool(part.strip()) and part in content)

    clean = "".join("…" if tells(part) else part for part in parts)
    return clean[:_LONGEST_REASON]


def _finding(check: str, good: bool, detail: str, remedy: str = "") -> dict[str, Any]:
    return {"check": check, "good": good, "detail": detail, "remedy": remedy}
