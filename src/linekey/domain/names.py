"""A name as people type it. It stands in mails to strangers: it must not be able to say more."""

import re
import unicodedata

from linekey.domain.errors import N_, Malformed

LONGEST = 80
_SIGNS = frozenset(" '’-.")
_SIGNS_OF_FIRMS = _SIGNS | frozenset("&,+()/–°")
_ADDRESS = re.compile(r"\.\w\w")
"""What a mail program would make a link of: `evil.example`, not `J. R.`."""


def read(typed: str, *, field: str) -> str:
    """A person's, compatible forms joined and blanks single. Raises Malformed, naming `field`."""
    return _read(typed, _SIGNS, field, N_("write it with letters, blanks, hyphens and apostrophes"))


def read_firm(typed: str, *, field: str) -> str:
    """An organisation's or a site's: « Verne & Filles », « Paris 12e / siège ». Raises Malformed."""
    return _read(
        typed, _SIGNS_OF_FIRMS, field, N_("write it with letters, digits, blanks and & ' - . , + ( ) /")
    )


def _read(typed: str, signs: frozenset[str], field: str, why: str) -> str:
    name = re.sub(" +", " ", unicodedata.normalize("NFKC", typed)).strip(" ")
    if not 1 <= len(name) <= LONGEST:
        raise Malformed(field=field, why=N_("it must have between 1 and 80 characters"))
    fit = all(
        character in signs or unicodedata.category(character)[0] in "LM" or character.isdecimal()
        for character in name
    )
    if not fit or _ADDRESS.search(name) or not any(character.isalpha() for character in name):
        raise Malformed(field=field, why=why)
    return name
