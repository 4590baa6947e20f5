"""What may travel as an SMS, and in which alphabet. Shared by the gateway and the fake: both refuse the same.

Never shortens and never respells: a text arrives as it was written, or not at all.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from linekey.delivery.gsm import ALPHABET
from linekey.domain.trouble import Rejected

LONGEST_TEXT = 480
"""Characters. One segment of several holds 153 of the GSM alphabet, or 67 units of UCS-2: 15 are enough."""

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164: country code first, at most 15 digits."""
_SENDER = re.compile(r"[A-Za-z0-9 ]{1,11}|\+?[0-9]{3,15}")
"""A name (3GPP TS 23.040 section 9.1.2.5 leaves room for 11 characters), a number or a short code."""
_REFERENCE = re.compile(r"[!-Z^-~]{1,64}")
"""What Kannel takes as an account: it is written between square brackets in its log."""

_SEVEN_BITS = ALPHABET | frozenset("\n^{}\\[~]|€")
"""The default alphabet and its extension table (3GPP TS 23.038 section 6.2.1)."""


@dataclass(frozen=True)
class Text:
    """One SMS. Its representation hides the words: they may hold a code."""

    sender: str
    number: str
    text: str = field(repr=False)
    reference: str
    """The same for the same effect, so that a text sent twice can be recognised."""

    @property
    def fits_gsm(self) -> bool:
        """False = it needs UCS-2: one letter outside the alphabet more than halves what a segment holds."""
        return _SEVEN_BITS.issuperset(self.text)


def sender_of_texts(sender: str) -> str:
    """From the operator's settings. Raises ValueError."""
    if not _SENDER.fullmatch(sender):
        raise ValueError(f"not a sender of texts: {sender!r}")
    return sender


def compose(sender: str, text: str, number: str, reference: str) -> Text:
    """Raises Rejected for a number or text which cannot travel, ValueError for a reference: that is a bug."""
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("a reference is 1 to 64 visible ASCII characters, without square brackets")
    if not _NUMBER.fullmatch(number):
        raise Rejected("the number is not one international number")
    if not text.strip():
        raise Rejected("the text is empty")
    if len(text) > LONGEST_TEXT:
        raise Rejected(f"the text is longer than {LONGEST_TEXT} characters")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text if letter != "\n"):
        raise Rejected("the text holds a character which cannot be written")
    return Text(sender, number, text, reference)
