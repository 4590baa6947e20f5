"""Demonstration mail server: keeps on disk what Linekey sends, one file per message; relays nothing.

Listens on loopback only, whatever it is told: the messages hold one-time links.
"""

import asyncio
import os
import secrets
import signal
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_LARGEST_BYTES = 10 * 1024 * 1024


class Keep:
    """Answers DATA by writing the message into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            name = keep(self.folder, envelope, datetime.now(UTC))
        except OSError:
            # 4xx = try again later (RFC 5321 section 4.2.1): a full disk is no reason to lose a message.
            return "451 4.3.0 The message could not be kept, try again later"
        return f"250 2.0.0 Kept as {name}"


def keep(folder: Path, envelope: Envelope, now: datetime) -> str:
    """Write one message; the name of its file, `<time>-<id>.eml`, so that names sort by age.

    Written beside and renamed: whoever lists the folder never reads half a message.
    """
    content = envelope.content or b""
    body = content if isinstance(content, bytes) else content.encode()
    # The envelope is not part of the message (RFC 5321): without it, blind copies would be unexplained.
    head = f"X-Envelope-From: {envelope.mail_from or ''}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
    name = f"{now:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head.encode() + body)
        Path(unfinished).rename(folder / name)
    except OSError:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise
    return name


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


def main(port: int, folder: Path) -> int:
    """Serve until SIGTERM or SIGINT."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(_serve("127.0.0.1", port, folder))
    return 0
