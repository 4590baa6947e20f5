"""Rows of FreeRADIUS's `radcheck`: which ones bear a password, how a value and a name are written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from linekey.domain.secret import Secret
from linekey.network.ports import AccessEntry, AccessGrace, Rejected

Row = tuple[str, str, str]
"""attribute, operator, value"""


@dataclass(frozen=True)
class StoredAs:
    """How one installation of FreeRADIUS has its passwords written."""

    password: Callable[[AccessEntry], Row]
    before: Callable[[str, AccessGrace], list[Row]] | None = None
    """Rows for the password before it, by login; None: this form holds one password, and no grace."""


class Seal(Protocol):
    """`linekey.vault.radius.seal_for_radius`, once it has its key."""

    def __call__(self, login: str, secret: Secret, *, before: tuple[str, int] | None = None) -> str: ...


SEALED = "Linekey-Sealed-Password"
SEALED_BEFORE, UNTIL, ROTATION = "Linekey-Sealed-Previous", "Linekey-Previous-Until", "Linekey-Rotation"

OF_GRACE = frozenset(name.lower() for name in (SEALED_BEFORE, UNTIL, ROTATION))
"""Attributes of a password before it, in lower case."""

PASSWORDS = frozenset(
    name.lower()
    for name in (
        SEALED,
        "User-Password",
        "Cleartext-Password",
        "Crypt-Password",
        "NT-Password",
        "LM-Password",
        "MD5-Password",
        "SMD5-Password",
        "SHA-Password",
        "SHA1-Password",
        "SSHA-Password",
        "SSHA1-Password",
        "SHA2-Password",
        "SHA2-224-Password",
        "SHA2-256-Password",
        "SHA2-384-Password",
        "SHA2-512-Password",
        "SSHA2-224-Password",
        "SSHA2-256-Password",
        "SSHA2-384-Password",
        "SSHA2-512-Password",
        "SHA3-Password",
        "SHA3-224-Password",
        "SHA3-256-Password",
        "SHA3-384-Password",
        "SHA3-512-Password",
        "SSHA3-224-Password",
        "SSHA3-256-Password",
        "SSHA3-384-Password",
        "SSHA3-512-Password",
        "PBKDF2-Password",
        "Password-With-Header",
    )
)
"""Attributes FreeRADIUS 3 takes a known good password from, in lower case: it ignores case here."""

LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
STOCK_SAFE = f"@{LETTERS_AND_DIGITS}.-_: /"
"""`safe_characters` of Debian's FreeRADIUS 3.2."""
OUR_SAFE = f"{STOCK_SAFE}+#%=!&*,;~()"
"""`safe_characters` of deploy/freeradius: no quote, backslash or back-quote, which SQL would read."""

LONGEST_NAME = 64
LONGEST_VALUE = 253


cleartext = StoredAs(lambda entry: ("Cleartext-Password", ":=", as_written(entry.password)))
"""The form a stock FreeRADIUS reads for PAP, CHAP and MS-CHAP alike: the password in clear."""


def sealed_by(seal: Seal) -> StoredAs:
    """The form deploy/freeradius opens: `seal` makes the blobs."""

    def password(entry: AccessEntry) -> Row:
        return (SEALED, ":=", seal(entry.login, entry.password))

    def before(login: str, grace: AccessGrace) -> list[Row]:
        until = int(grace.until.timestamp())
        return [
            (SEALED_BEFORE, ":=", seal(login, grace.password, before=(grace.rotation, until))),
            (UNTIL, ":=", str(until)),
            (ROTATION, ":=", grace.rotation),
        ]

    return StoredAs(password, before)


def as_written(password: Secret) -> str:
    """A value rlm_sql reads back as exactly `password`.

    It interprets backslashes, and takes the quotes off a value wholly in quotes; one in back-quotes it
    would even expand, with module exec on into a command.
    """
    clear = password.reveal().replace("\\", "\\\\")
    if len(clear) > 1 and clear[0] == clear[-1] and clear[0] in "'\"`":
        return '"' + clear.replace('"', '\\"') + '"'
    return clear


def refuse_unknowable_name(element: str, login: str, safe_characters: str) -> None:
    """Raise Rejected for a name FreeRADIUS would rewrite (`'` becomes `=27`) and therefore never find."""
    found = all(letter in safe_characters if letter.isascii() else letter.isprintable() for letter in login)
    if not login or len(login) > LONGEST_NAME or not found:
        raise Rejected(f"{element}: {login!r} is not a name its FreeRADIUS can look up")


def refuse_overlong_value(element: str, login: str, value: str) -> None:
    """Raise Rejected rather than let MySQL cut a password, or FreeRADIUS refuse it, in silence."""
    if len(value.encode()) > LONGEST_VALUE:
        raise Rejected(f"{element}: the password of {login!r} does not fit in radcheck.value")
