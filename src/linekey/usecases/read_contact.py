"""Read an address or a number we are asked to write to: spelled once, as it signs in, and able to receive."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from linekey.domain import identifiers
from linekey.domain.errors import AddressRefused
from linekey.domain.identifiers import LONGEST, folded

LONGEST_EXTENSION = 10
# Nobody's mailbox is on the very machine of the mail server.
_is_email = EmailValidator(allowlist=[])


def email(typed: str) -> str:
    """Lower case, at most 254 characters. Raises AddressRefused, for a line break inside too."""
    text = folded(typed)
    broken = any(unicodedata.category(character) == "Cc" for character in typed.strip())
    if broken or max(len(typed), len(text)) > LONGEST or text.endswith("]"):
        raise AddressRefused()
    try:
        _is_email(text)
        text.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError):
        raise AddressRefused() from None
    return text


def phone(typed: str, extension: str = "") -> tuple[str, str]:
    """E.164, and the digits dialled behind a shared number. Raises AddressRefused."""
    found = identifiers.read(typed, extension)
    if not found.phone or len(found.extension) > LONGEST_EXTENSION:
        raise AddressRefused()
    return found.phone, found.extension
