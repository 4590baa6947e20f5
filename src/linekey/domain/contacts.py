"""Where a person can be reached, and how a new address is shown to the old one."""

from collections.abc import Mapping
from enum import StrEnum

from linekey.domain.errors import N_, Malformed


class Contact(StrEnum):
    EMAIL = "email"
    """Primary: signs in, receives everything."""
    BACKUP = "backup"
    """Receives what must reach the owner; becomes primary by support's hand (ACC-6)."""
    PHONE = "phone"


NOBODYS = "nobody.invalid"
"""Domain of addresses which nobody can have (RFC 2606, section 2): nothing is sent there."""


def masked(value: str) -> str:
    """`a••@example.org`, `+33 •••• 78`: enough to recognise one's own, too little to learn another's."""
    local, at, domain = value.rpartition("@")
    if at:
        return f"{local[:1]}••@{domain}"
    return f"{value[:3]} •••• {value[-2:]}" if value else ""


_OTHER = {Contact.EMAIL: Contact.BACKUP, Contact.BACKUP: Contact.EMAIL}


def require_change(contact: Contact, new: str, *, held: Mapping[Contact, str], answered: bool) -> None:
    """`held` is what stands in the account; `answered`: its `contact` was verified. Raises Malformed.

    The backup address must not lie in the mailbox whose loss it is for.
    """
    if held[contact] == new and answered:
        raise Malformed(field=contact.value, why=N_("it is yours already, and verified"))
    if contact in _OTHER and held[_OTHER[contact]] == new:
        raise Malformed(field=contact.value, why=N_("the main and the backup address must differ"))
