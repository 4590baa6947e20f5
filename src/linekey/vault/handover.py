"""Turn the sealed secrets of a campaign into one file which only its taker can open, and nothing else.

The clear text is in memory alone, on its way from our seal into theirs. The file is in the age format
(age-encryption.org/v1), as `age --decrypt` and `rage` open it: to a passphrase (scrypt) or to a public key
(X25519, or the Ed25519 and RSA keys of SSH).
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import pyrage

from linekey.domain.inert import cell
from linekey.domain.secret import Secret
from linekey.vault.unseal import Sealed, unseal_secret

PLACE = "campaign_secret:"
"""What seals of these secrets are bound to begins with it."""


Lock = Callable[[bytes], bytes]


def lock_of_passphrase(passphrase: Secret) -> Lock:
    return lambda clear: bytes(pyrage.passphrase.encrypt(clear, passphrase.reveal()))


def lock_of_key(typed: str) -> Lock | None:
    """None when it is no public key."""
    for kind in (pyrage.x25519, pyrage.ssh):
        try:
            recipient = kind.Recipient.from_str(typed)
        except (pyrage.RecipientError, UnicodeError):
            continue
        return lambda clear: bytes(pyrage.encrypt(clear, [recipient]))
    return None


def locked(above: Sequence[str], rows: Iterable[tuple[Sequence[str], Sealed, str]], lock: Lock) -> bytes:
    """CSV in UTF-8, `;` between cells: each row, its secret last, then encrypted.

    A row is its cells, what is sealed, and what that seal is bound to. Raises ValueError for the seal of
    anything else, InvalidTag when one was moved or altered.
    """
    sheet = io.StringIO()
    written = csv.writer(sheet, delimiter=";")
    written.writerow(above)
    for cells, sealed, place in rows:
        if not place.startswith(PLACE):
            raise ValueError("only secrets of campaigns are handed over here")
        # No sign a spreadsheet would take for a formula is ever drawn: the secret stays as it is.
        written.writerow([*map(cell, cells), unseal_secret(sealed, place).reveal()])
    return lock(sheet.getvalue().encode())
