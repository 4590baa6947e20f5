"""Puts a written mail into an RFC 5322 message, or refuses: no value handed in can become a header.

Shared by the real mailer and the fake, so that both refuse the same.
"""

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from linekey.delivery.letters import Written
from linekey.domain.trouble import Rejected

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")
_LONGEST_ADDRESS = 254
"""A path is at most 256 octets with its angle brackets (RFC 5321 section 4.5.3.1.3)."""


class _Post(EmailPolicy):
    """Folds an accented subject with the older `Header`.

    EmailPolicy drops the spaces between two encoded words (CPython issue 92081): « a été modifié » arrives
    as « a étémodifié ».
    """

    def fold(self, name: str, value: str) -> str:
        if name != "Subject" or value.isascii():
            return str(super().fold(name, value))
        encoded = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode()


_POST = _Post(linesep="\r\n")


def sender_address(sender: str) -> Address:
    """`Name <local@domain>` or `local@domain`, from the operator's settings. Raises ValueError."""
    name, address = parseaddr(sender)
    if "\r" in sender or "\n" in sender or "@" not in address or not address.isascii():
        raise ValueError(f"not a sender of mail: {sender!r}")
    return Address(name, addr_spec=address)


def recipient_address(address: str) -> Address:
    """One mailbox, its domain in ASCII (RFC 5891). Raises Rejected for anything else."""
    try:
        validate_email(address)
        local, _, domain = address.rpartition("@")
        mailbox = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValidationError, MessageError, ValueError, IndexError):
        raise Rejected("the address is not one mailbox") from None
    if len(mailbox.addr_spec) > _LONGEST_ADDRESS:
        raise Rejected("the address is longer than mail allows")
    return mailbox


def compose(sender: Address, written: Written, address: str, message_id: str) -> EmailMessage:
    """multipart/alternative, text first, HTML last: a reader shows the last it can (RFC 2046 section 5.1.4).

    `message_id` is `<left@right>` and the same for the same effect (RFC 5322 section 3.6.4). Raises Rejected
    for an address which is not one mailbox, ValueError for a malformed identifier: that is a bug.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a Message-ID is <left@right>, in plain letters")
    message = EmailMessage(policy=_POST)
    message["From"] = sender
    message["To"] = recipient_address(address)
    message["Subject"] = " ".join(written.subject.split())
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = message_id
    # No vacation notice comes back to an address nobody reads (RFC 3834 section 5).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message
