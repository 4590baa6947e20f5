"""A person's name as they type it. It stands in mails to strangers: it must not be able to say more."""

import re
import unicodedata

from linekey.domain.errors import N_, Malformed

LONGEST = 80
_SIGNS = frozenset(" '’-.")
_ADDRESS = re.compile(r"\.\w\w")
"""What a mail program would make a link of: `evil.example`, not `J. R.`."""


def read(typed: str, *, field: str) -> str:
    """The name, compatible forms joined and blanks single. Raises Malformed, naming `field`."""
    name = re.sub(" +", " ", unicodedata.normalize("NFKC", typed)).strip(" ")
    if not 1 <= len(name) <= LONGEST:
        raise Malformed(field=field, why=N_("it must have between 1 and 80 characters"))
    fit = all(
        character in _SIGNS or unicodedata.category(character)[0] in "LM" or character.isdecimal()
        for character in name
    )
    if not fit or _ADDRESS.search(name) or not any(character.isalpha() for character in name):
        raise Malformed(field=field, why=N_("write it with letters, blanks, hyphens and apostrophes"))
    return name
