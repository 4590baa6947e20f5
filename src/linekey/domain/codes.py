"""Codes as people type them: blanks, dashes and other scripts' digits read alike. And sheets of them."""

import secrets
import unicodedata

from linekey.domain.secret import Secret

LONGEST = 64
DIGITS = 6
"""Of a sent code, and of a TOTP code (RFC 6238)."""

# No 0 O 1 I L U: what is read aloud or copied by hand is not mistaken (Crockford's base 32, cut).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 4, 4
"""`K7PD-W2QX-9MHT-4BRA`: 16 characters of 30 are 78 bits."""


def digits(typed: Secret) -> str:
    """`000123` for `000 123`, `000-123`, full-width or Arabic-Indic digits; empty for anything else."""
    kept = "".join(c for c in _plain(typed) if not _is_blank(c))
    return kept if len(kept) == DIGITS and kept.isascii() and kept.isdigit() else ""


def recovery(typed: Secret) -> Secret:
    """A recovery code without dashes, in capitals; empty when it cannot be one."""
    text = unicodedata.normalize("NFKC", _plain(typed)).upper()
    kept = "".join(c for c in text if not _is_blank(c))
    return Secret(kept if len(kept) == GROUPS * GROUP and set(kept) <= set(ALPHABET) else "")


def sheet(count: int) -> tuple[Secret, ...]:
    """Recovery codes without dashes, each with a label of its own."""
    drawn: dict[str, Secret] = {}
    while len(drawn) < count:
        code = Secret("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)))
        drawn.setdefault(label(code), code)
    return tuple(drawn.values())


def label(code: Secret) -> str:
    """Its first group: finds a code among the others of its sheet, and leaves 59 bits to guess."""
    return code.reveal()[:GROUP]


def grouped(code: Secret) -> Secret:
    """As it is shown and printed."""
    clear = code.reveal()
    return Secret("-".join(clear[at : at + GROUP] for at in range(0, len(clear), GROUP)))


def _plain(typed: Secret) -> str:
    """Every script's decimal digits as ours; empty when it is too long to be any code."""
    text = typed.reveal()
    if len(text) > LONGEST:
        return ""
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def _is_blank(character: str) -> bool:
    """Blanks, dashes and the minus sign, and marks nobody sees, such as those for writing from the right."""
    return character.isspace() or character == "−" or unicodedata.category(character) in ("Pd", "Cf")
