"""Demonstration mail server and SMS gateway: keep on disk what Linekey sends, one file each; relay nothing.

Listen on loopback only, whatever they are told: the messages hold one-time links and codes.
"""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from linekey.worker.kept import keep
from linekey.worker.sink_sms import sms_gateway

_LARGEST_BYTES = 10 * 1024 * 1024


class Keep:
    """Answers DATA by writing the message into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            name = keep_mail(self.folder, envelope, datetime.now(UTC))
        except OSError:
            # 4xx = try again later (RFC 5321 section 4.2.1): a full disk is no reason to lose a message.
            return "451 4.3.0 The message could not be kept, try again later"
        return f"250 2.0.0 Kept as {name}"


def keep_mail(folder: Path, envelope: Envelope, now: datetime) -> str:
    """The name of its file, `<time>-<id>.eml`."""
    content = envelope.content or b""
    body = content if isinstance(content, bytes) else content.encode()
    # The envelope is not part of the message (RFC 5321): without it, blind copies would be unexplained.
    head = f"X-Envelope-From: {envelope.mail_from or ''}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
    return keep(folder, ".eml", head.encode() + body, now)


async def _serve(host: str, port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    keeper = Keep(folder)

    def greet() -> SMTP:
        # The name is given because aiosmtpd otherwise asks the resolver for it, which may take seconds.
        return SMTP(
            keeper,
            hostname="linekey.localhost",
            ident="Linekey sink",
            enable_SMTPUTF8=True,
            data_size_limit=_LARGEST_BYTES,
            loop=loop,
        )

    server = await loop.create_server(greet, host=host, port=port)
    async with server:
        await stop.wait()


def main(*, smtp_port: int, mail_folder: Path, sms_port: int, sms_folder: Path) -> int:
    """Serve until SIGTERM or SIGINT."""
    for folder in (mail_folder, sms_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with sms_gateway(sms_port, sms_folder):
        asyncio.run(_serve("127.0.0.1", smtp_port, mail_folder))
    return 0
