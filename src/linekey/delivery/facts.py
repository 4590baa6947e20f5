"""Shows a fact as a letter tells it: moments with their zone, strangers' words on one line, secrets as dots.

The only module of this room that reveals a `Secret`. Never writes a sentence.
"""

import unicodedata
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from linekey.domain.secret import Secret

MASK = "••••"
LONGEST_LINE = 200
"""Characters of a subject, and of one fact."""
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINKS = frozenset({"link"})
_NUMBERS = frozenset({"left", "lasts_minutes"})
"""Digits or int: the outbox keeps words only."""


def shown(name: str, fact: object, *, masked: bool) -> str | int:
    """In the language in force. Numbers come out as such: sentences agree with them."""
    if isinstance(fact, Secret):
        return MASK if masked else fact.reveal()
    if name in _LINKS:
        return MASK if masked else "".join(str(fact).split())
    if isinstance(fact, datetime):
        return _moment(fact)
    return int(str(fact)) if name in _NUMBERS else one_line(str(fact))


def one_line(words: str) -> str:
    """Names and devices come from strangers: without line breaks they cannot pose as our own sentences."""
    clean = "".join(" " if _breaks(character) else character for character in words)
    line = " ".join(clean.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _moment(at: datetime) -> str:
    """With the time zone, because the reader may be in another one than the operator."""
    local = timezone.localtime(at)
    # Translators: date and time in the letters of Django's "date" filter; T is the time zone.
    usual = pgettext("date and time", "j F Y, H:i T")
    # Translators: same, for the first day of a month.
    first = pgettext("date and time on the first", "j F Y, H:i T")
    return date_format(local, first if local.day == 1 else usual)


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_CONTROLS
