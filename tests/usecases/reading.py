"""Read what a mail or a text carries, as its receiver would."""

import re

from linekey.domain.secret import Secret


def code_in(text: str) -> Secret:
    """The six digits."""
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None, text
    return Secret(found[0])


def link_in(text: str, place: str) -> Secret:
    """The token behind `/activation/` or another `place`."""
    assert place in text, text
    return Secret(text.partition(place)[2].split()[0])
