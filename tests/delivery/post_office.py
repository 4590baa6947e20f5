"""A real mail server on loopback, in a thread, told what to answer; and the reader's side of both mailers."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from ssl import SSLContext
from typing import Any, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from linekey.delivery.fakes import FakeMailer
from linekey.delivery.letters import Written
from linekey.delivery.mail import Mailer

SENDER = "Linekey Télécom <ne-pas-repondre@linekey.test>"


class Post(Protocol):
    def send(self, written: Written, address: str, message_id: str) -> None: ...
    def health(self) -> list[dict[str, Any]]: ...


class Office(Protocol):
    """What the contract needs: somebody who sends, what arrived, and two ways to fail."""

    post: Post

    def arrived(self) -> list[EmailMessage]: ...
    def close(self) -> None: ...
    def refuse(self) -> None: ...


class MemoryOffice:
    def __init__(self) -> None:
        self.fake = FakeMailer(SENDER)
        self.post: Post = self.fake

    def arrived(self) -> list[EmailMessage]:
        return [mail.message for mail in self.fake.mails]

    def close(self) -> None:
        self.fake.down = True

    def refuse(self) -> None:
        self.fake.rejecting = True


class Clerk:
    """Answers each command as told; an empty answer is the usual one."""

    def __init__(self) -> None:
        self.to_sender = self.to_recipient = self.to_content = self.to_goodbye = ""
        self.hangs_up_after_content = False
        self.took: list[bytes] = []
        self.logins: list[bytes] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_sender or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.to_content:
            return self.to_content
        assert isinstance(envelope.content, bytes)
        self.took.append(envelope.content)
        if self.hangs_up_after_content and server.transport is not None:
            server.transport.close()
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.to_goodbye or "221 Bye"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, who: Any
    ) -> AuthResult:
        assert isinstance(who, LoginPassword)
        self.logins.append(who.login)
        return AuthResult(success=who == LoginPassword(b"desk", b"right"))


class RealOffice:
    def __init__(self, *, auth: bool = False, tls: SSLContext | None = None, **mailer: Any) -> None:
        self.clerk = Clerk()
        asked: dict[str, Any] = {
            "authenticator": self.clerk.authenticate,
            "auth_require_tls": tls is not None,
        }
        self._controller = Controller(
            self.clerk,
            hostname="127.0.0.1",
            port=free_port(),
            server_hostname="mail.linekey.test",
            tls_context=tls,
            **(asked if auth else {}),
        )
        self._controller.start()
        self._open = True
        self.post: Post = Mailer(SENDER, "127.0.0.1", self._controller.port, **{"timeout": 2.0, **mailer})

    def arrived(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for content in self.clerk.took]

    def close(self) -> None:
        if self._open:
            self._open = False
            self._controller.stop()

    def refuse(self) -> None:
        self.clerk.to_recipient = "550 5.1.1 User unknown"


OFFICES: dict[str, Callable[[], Office]] = {"real": RealOffice, "memory": MemoryOffice}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(folder: Path) -> Path:
    """Key and certificate for 127.0.0.1, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.linekey.test")])
    now = datetime.now(UTC)
    proof = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + proof.public_bytes(Encoding.PEM))
    return file
