"""What a person types to say who they are, read once, in one place.

A customer ID, an e-mail address, or a phone number with an optional extension. Whatever the spelling, one
account has one reading of each: attempts are counted under it, and a lock cannot be walked around with
capitals, blanks, full-width digits or another way to write a number. A letter of another alphabet is another
letter, however alike it looks: it never means somebody else's account.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 254
COUNTRY = "33"
"""Country calling code of numbers typed without one."""

_NUMBER = r"\(?\+?[0-9\s().\-/]{4,30}?"
_EXTENSION = r"(?:;\s*ext\s*=|extension|ext\.?|poste|x|\#|,)\s*"
_PHONE = re.compile(rf"(?P<number>(?:tel:)?{_NUMBER})(?:\s*{_EXTENSION}(?P<extension>[0-9]{{1,10}}))?")
_OWN_EXTENSION = re.compile(rf"(?:{_EXTENSION})?(?P<digits>[0-9]{{1,10}})")
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class Identifier:
    """One reading; the fields that do not apply are empty, and all are empty when nobody can be meant."""

    customer_id: str = ""
    email: str = ""
    phone: str = ""
    """E.164."""
    extension: str = ""

    @property
    def key(self) -> str:
        """One text per reading, to count attempts under."""
        return f"{self.customer_id}|{self.email}|{self.phone}|{self.extension}"


def read(typed: str, extension: str = "") -> Identifier:
    """Never raises: what cannot be read means nobody.

    `extension` is what stood in a field of its own; one written behind the number counts when it is empty.
    """
    if max(len(typed), len(extension)) > LONGEST or "\0" in typed + extension:
        return Identifier()
    text = folded(typed)
    if "@" in text:
        return Identifier(email=_without_dot(text))
    text = _plain(text)
    found = _PHONE.fullmatch(text)
    number = e164(found["number"]) if found else ""
    if not found or not number:
        return Identifier(customer_id=_without_dot(text))
    # An extension which is none stays as it is: it belongs to nobody, and not to whoever has no extension.
    own = _plain(folded(extension))
    read_own = _OWN_EXTENSION.fullmatch(own)
    return Identifier(
        phone=number, extension=read_own["digits"] if read_own else own or found["extension"] or ""
    )


def folded(typed: str) -> str:
    """Compatible forms joined (UAX #15), small letters, invisible marks and blanks around removed.

    Small letters, not case folding: that makes `ss` of `ß`, and two mailboxes one.
    """
    apart = unicodedata.normalize("NFKD", typed)
    visible = "".join(c for c in apart if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFKC", visible.strip().lower())


def e164(typed: str) -> str:
    """`+33184780117` for `01 84 78 01 17`, `0033…` or `+33 (0)1…`; empty when it is no number."""
    text = _plain(folded(typed)).removeprefix("tel:").strip()
    if not re.fullmatch(_NUMBER, text):
        return ""
    digits, trunkless = _digits(text), _digits(text.replace("(0)", ""))
    if "+" in text:
        number = trunkless
    elif trunkless.startswith("00"):
        number = trunkless[2:]
    elif digits.startswith("0"):
        number = COUNTRY + digits[1:]
    else:
        return ""
    if number.startswith(f"{COUNTRY}0"):  # `+33 01…`: the 0 is dialled inside the country alone.
        number = COUNTRY + number[len(COUNTRY) + 1 :]
    return f"+{number}" if 8 <= len(number) <= 15 and not number.startswith("0") else ""


def is_customer_id(text: str, suffix: str) -> bool:
    """Has it the form `ab12345-lk`?"""
    return bool(re.fullmatch(rf"[a-z]{{2}}[0-9]{{5}}-{re.escape(suffix)}", text))


def _plain(text: str) -> str:
    """Digits of every script as `0`…`9`, and every dash as `-`: a copied one is often another."""
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else "-" if unicodedata.category(c) == "Pd" else c
        for c in text
    )


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _without_dot(text: str) -> str:
    """A sentence's end is copied with what stands before it."""
    return re.sub(r"[\s.]+$", "", text)
